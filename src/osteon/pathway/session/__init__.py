"""One infusion or injection, from arrival to discharge: a stream of events, and the state that follows from it."""
