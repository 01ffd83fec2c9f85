"""The schedule of the clinic: who sits in which chair, when, and why not elsewhere. No Django; dates and `now` come in.

`types` holds what crosses the threshold. `open_slots` books by hand, `why_not` explains a refusal, `propose_day`,
`propose_month` and `replan` ask the solver, `check` looks at any schedule without knowing how it was made. Only
`propose` (with `replan`) and `month` load OR-Tools; a page that books by hand does not wait for it.
"""
