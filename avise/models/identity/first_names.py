"""First names that are said one way and written another: Jo for Joseph, Bill for William.

Written by hand from common usage, in French and English; folded like every compared name. Stricter than
what a search accepts (`avise.directory.first_names`): this joins persons, that only finds them.
"""

from __future__ import annotations

from avise.models.names import fold

_FAMILIES = """
Alexandre Alex Sacha Sandy Xander Alexander Alec
Alexandra Alex Sandra Sacha Sandy
Alfred Fred Freddy Alf
Andrew Andy Drew
André Dédé
Anne Annie Anna Annette Nan Nancy Hannah
Anthony Tony Antony
Antoine Toine Tony Antonin
Antoinette Toinette
Barbara Barb Babs Barbie
Bartholomew Bart
Benjamin Ben Benji Benny
Bernard Nanard Bernie
Bertrand Bert
Catherine Cathy Kate Katy Katie Kathy Kathryn Katherine Cat Kitty Kay
Charles Charlie Chuck Charly Chas
Charlotte Charlie Lotte Lottie
Christian Chris
Christine Chris Chrissie Tina Christina Kristin
Christophe Chris Tof
Christopher Chris Kit Topher
Claudine Claude
Daniel Dan Danny Dany
Danielle Dany Dani
David Dave Davy
Deborah Deb Debbie Debra
Dominique Dom Domi
Donald Don Donnie
Dorothy Dot Dottie Dolly
Edmond Ed
Édouard Ed Doudou Eddy
Edward Ed Eddie Ned Ted Teddy
Eleanor Ellie Nell Nora
Élisabeth Babette Lisbeth Babeth Elsa Lise Élise Eliza Elizabeth Liz Lizzie Beth Betty Bess Libby
Émilie Mimi Emily Em
Emmanuel Manu
Emmanuelle Manu Manue
Éric Rico
Étienne Steph
Eugène Gene
Florence Flo Flossie
Florian Flo
Françoise Fanchon Soizic Fanfan
François Fanch Francis
Frances Fran Fanny Frankie
Francis Frank Frankie
Franklin Frank
Frédéric Fred Freddy Frederick
Frédérique Fred
Gabriel Gaby Gabe
Gabrielle Gaby
Geneviève Ginette Viviane
Geoffrey Jeff Geoff
Georges Jojo George
Gérald Gerry
Gérard Gégé
Gilbert Gil Bert
Grégory Greg
Grégoire Greg
Guillaume Guy Will
Harold Harry Hal
Helen Nell Nellie
Hélène Léna Ellen Helena
Henri Riton
Henry Harry Hank Hal
Hippolyte Polyte
Isabelle Isa Zabeth Belle Bella Isabel
Jacqueline Jacquotte Line Jackie
Jacques Jacky Jacquot
Jacob Jake
James Jim Jimmy Jamie
Jane Janie Jenny
Janet Jan
Jean Jeannot John
Jeanne Jeannette Jeannine Janine
Jennifer Jen Jenny
Jérôme Jé
Jessica Jess Jessie
Joan Joanie
Joanna Jo Joanne
John Johnny Jack Jon
Jonathan Jon Nathan Jonny Johnny
Joseph Jo Joe Joey José
Joséphine Jo Josette Josy Fifine Josie
Josiane Josy
Joshua Josh
Julien Jules Ju
Julie Juliette Ju
Kenneth Ken Kenny
Kimberly Kim
Laurence Larry Laurie Lawrence
Laurent Lolo
Leonard Len Lenny Leo
Louis Loulou Lou Lewis
Louise Lou Loulou Lili
Madeleine Mado Madelon Maddie
Margaret Maggie Meg Peggy Marge Margie Greta Daisy Margot
Marguerite Margot Rita Margaux
Marie Maria Mimi Mary Manon Molly Polly
Martha Marty Patty
Martin Marty
Martine Titine
Matthew Matt Mat
Matthieu Mathieu Mat Matt Thieu Mathis
Maximilien Max
Maxime Max
Maxence Max
Mélanie Mel
Michael Mike Mick Mickey Mikey Mickael
Michel Michou Mich
Michèle Michou Michelle
Mickaël Mika Mike Michaël
Monique Momo Mona
Mohamed Mohammed Momo Mohamad Muhammad Med Mohammad
Nathalie Nat Nath Natalie
Nathaniel Nat Nate Nathan
Nicolas Nico Colas Nicholas Nick Nicky
Nicole Nico Nicky
Olivier Oliver Olive Ollie
Pamela Pam
Pascal Pasco
Pascale Paca
Patricia Pat Patty Tricia Trish
Patrick Pat Patoche Paddy
Paulette Paule
Peter Pete
Philippe Phil Philip Phillip
Pierre Pierrot
Raymond Ray Momo
Rebecca Becky Becca
Richard Rick Dick Rich Ricky Richie
Robert Bob Bobby Rob Robbie Bert
Roger Rodge
Ronald Ron Ronnie
Samantha Sam
Samuel Sam Sammy
Sandra Sandy Alexandra
Sébastien Seb Bastien
Serge Sergio
Solange Soso
Sophie Soso Sophia Sofia
Stephen Steve Stevie Steven
Stéphane Steph Stef
Stéphanie Steph Fanny Stef Stephanie
Susan Sue Susie Suzie Suzanne Suzy
Suzanne Suzette Suzy Suzon
Sylvain Syl
Sylvie Syl
Terence Terry
Theodore Ted Teddy Theo
Théophile Théo
Théodore Théo
Thérèse Thérésa Tess Theresa Teresa Terry
Thibault Thib Thibaut Thibaud
Thomas Tom Tommy
Timothy Tim Timmy
Valérie Val Valerie
Valentin Val
Vanessa Nessa
Véronique Véro
Victor Vic
Victoria Vicky Tori Vic
Victorine Vic
Vincent Vince Vinnie
Virginie Gigi Ginny
Virginia Ginny Ginger
Walter Walt Wally
William Bill Billy Will Willy Willie Liam
Xavier Xav
Yves Yvon
Yvonne Vonette
Zachary Zach Zack
"""


def _short_forms() -> dict[str, frozenset[int]]:
    families: dict[str, set[int]] = {}
    for number, line in enumerate(_FAMILIES.split("\n")):
        for name in line.split():
            families.setdefault(fold(name), set()).add(number)
    return {name: frozenset(numbers) for name, numbers in families.items()}


_FAMILIES_OF = _short_forms()


def are_forms_of_one(first: str, second: str) -> bool:
    """Say whether two folded first names are said for each other ("JO" and "JOSEPH")."""
    ours = _FAMILIES_OF.get(first)
    theirs = _FAMILIES_OF.get(second)
    return ours is not None and theirs is not None and not ours.isdisjoint(theirs)


KNOWN = frozenset(_FAMILIES_OF)
"""Folded first names of this page: enough to see at which end of a full name they stand."""
