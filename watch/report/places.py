"""The names of places for readers: ISO 3166 codes come in, words go out."""

from __future__ import annotations

from watch.text.translate import speaker

__all__ = ["COUNTRIES", "place"]

COUNTRIES = {
    "AE": "United Arab Emirates", "AR": "Argentina", "AT": "Austria", "AU": "Australia",
    "BD": "Bangladesh", "BE": "Belgium", "BG": "Bulgaria", "BR": "Brazil", "CA": "Canada",
    "CH": "Switzerland", "CI": "Côte d’Ivoire", "CL": "Chile", "CN": "China", "CY": "Cyprus",
    "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "DZ": "Algeria", "EE": "Estonia",
    "EG": "Egypt", "ES": "Spain", "FI": "Finland", "FR": "France", "GB": "United Kingdom",
    "GR": "Greece", "HR": "Croatia", "HU": "Hungary", "ID": "Indonesia", "IE": "Ireland",
    "IL": "Israel", "IN": "India", "IS": "Iceland", "IT": "Italy", "JP": "Japan",
    "KR": "South Korea", "LT": "Lithuania", "LU": "Luxembourg", "LV": "Latvia",
    "MA": "Morocco", "MG": "Madagascar", "MT": "Malta", "MX": "Mexico", "MY": "Malaysia",
    "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand", "PL": "Poland",
    "PT": "Portugal", "RO": "Romania", "RS": "Serbia", "SE": "Sweden", "SG": "Singapore",
    "SI": "Slovenia", "SK": "Slovakia", "SN": "Senegal", "TH": "Thailand", "TN": "Tunisia",
    "TR": "Türkiye", "TW": "Taiwan", "UA": "Ukraine", "US": "United States", "VN": "Vietnam",
    "ZA": "South Africa",
}  # fmt: skip
"""The countries that perimeters name most; any other is shown by its code."""

# Proper names: the same in both languages.
_REGIONS = {
    "FR-ARA": "Auvergne-Rhône-Alpes", "FR-BFC": "Bourgogne-Franche-Comté", "FR-BRE": "Bretagne",
    "FR-CVL": "Centre-Val de Loire", "FR-COR": "Corse", "FR-20R": "Corse", "FR-GES": "Grand Est",
    "FR-HDF": "Hauts-de-France", "FR-IDF": "Île-de-France", "FR-NOR": "Normandie",
    "FR-NAQ": "Nouvelle-Aquitaine", "FR-OCC": "Occitanie", "FR-PDL": "Pays de la Loire",
    "FR-PAC": "Provence-Alpes-Côte d’Azur", "FR-971": "Guadeloupe", "FR-972": "Martinique",
    "FR-973": "Guyane", "FR-974": "La Réunion", "FR-976": "Mayotte",
}  # fmt: skip


def place(code: str, language: str) -> str:
    """Return the name of a country or French region; the code itself where it has none here.

    >>> place("DE", "en"), place("FR-IDF", "fr"), place("XX", "fr")
    ('Germany', 'Île-de-France', 'XX')
    """
    if code in COUNTRIES:
        return speaker(language)(COUNTRIES[code])
    return _REGIONS.get(code, code)
