"""What the menu says, but for the pages' own names."""

ENGLISH = {
    "navigation": "Pages",
    "nav_more": "Menu",
    "group_homes": "Homes and meters",
    "group_steering": "Steering",
    "group_grid": "Grid",
    "group_together": "Together",
    "group_administration": "Administration",
}

DUTCH = {
    "navigation": "Pagina's",
    "nav_more": "Menu",
    "group_homes": "Huizen en meters",
    "group_steering": "Sturing",
    "group_grid": "Stroomnet",
    "group_together": "Samen",
    "group_administration": "Beheer",
}
