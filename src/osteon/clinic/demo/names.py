"""Names for people who do not exist."""

FAMILY = (
    "Abara Achterberg Adeyemi Almeida Anand Baptiste Barlow Bergström Boateng Brandt Castellanos Chaudhry Cho Cortés "
    "Dahl Delacroix Demir Dlamini Eriksen Fairweather Ferreira Fontaine Garrity Gebhardt Goto Halvorsen Haddad Hartono "
    "Holloway Ibarra Ivanova Jansen Kaplan Kowalczyk Lindqvist Lombardi MacAllister Marchetti Mbeki Moreau Nakamura "
    "Navarro Novák Oduya Okafor Olander Papadakis Petrov Quintero Rasmussen Reyes Rosenthal Saito Sandoval Schreiber "
    "Silva Sørensen Tanaka Thackeray Ueda Vasquez Venter Whitcombe Yamada Zielinska"
).split()
WOMEN = (
    "Ada Agnes Alma Beatriz Bertha Carmen Celia Clara Dagmar Dolores Edith Elena Esther Fatima Flora Greta Hana Helen "
    "Ida Ingrid Irene Iris Joan Judith Karin Keiko Lena Lillian Lucia Mabel Margit Miriam Nadia Nora Olga Opal Pearl "
    "Rosa Ruth Sigrid Sofia Stella Sunita Sylvia Thelma Ursula Vera Wanda Yoko Zofia"
).split()
MEN = "Albert Bruno Cyril Diego Emil Felix Gustav Henri Isamu Jorge Karl Leon Milan Nikos Otto Pavel".split()
