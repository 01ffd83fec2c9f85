"""The clinic's own data for programs: typed, for whoever is signed in, under the same guards as the pages."""
