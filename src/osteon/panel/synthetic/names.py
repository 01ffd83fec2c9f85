"""What are the invented people called? Every name is common and nobody's in particular."""

_WOMEN = (
    "Ada Agnes Alma Anita Beatrice Carla Clara Dora Edith Elena Emma Esther Flora Gloria Greta Hannah Helen Ida "
    "Irene Jane Joan Judith Laura Lena Lucia Marta Mary Nora Olga Rosa Ruth Sara Sofia Vera Wanda Yvonne"
)
_MEN = (
    "Adam Albert Anton Arthur Bruno Carl Daniel David Edgar Emil Eric Felix Frank George Harold Henry Hugo Ivan "
    "Jacob James John Leo Louis Martin Max Noah Oscar Paul Peter Ralph Robert Samuel Simon Thomas Victor Walter"
)
_FAMILIES = (
    "Abbott Alder Archer Ashby Baker Barlow Birch Bishop Brook Carter Chandler Cole Cooper Crane Dale Drake Elder "
    "Fairfax Farrow Field Fisher Fletcher Ford Forester Gardner Garner Grove Hale Harper Hart Hayes Heath Hill Holm "
    "Hunter Kirk Lake Lane Marsh Mason Mercer Miller Moor Nash North Page Parker Poole Porter Reed Rivers Sawyer Shore "
    "Slater Stone Summers Tanner Thorne Turner Vale Walker Ward Waters Weaver Webster West Wood Woods York"
)

GIVEN: dict[bool, list[str]] = {True: _WOMEN.split(), False: _MEN.split()}
"""Given names of women (True) and men (False)."""

FAMILY: list[str] = _FAMILIES.split()
