# SPDX-License-Identifier: EUPL-1.2
"""The demo's people. All sign in with the same password; none of them exists."""

from __future__ import annotations

PASSWORD = "vconf-demo"  # noqa: S105 - known to everybody, and accepted on the machine it is loaded on only

#: (address, name, short name of the authority, role, language)
PEOPLE = (
    ("operator@mv.example", "Olaf Petersen", "MV", "operator", "de"),
    ("admin@mv.example", "Silke Brandt", "MV", "authority_admin", "de"),
    ("auditor@mv.example", "Renate Kühl", "MV", "auditor", "de"),
    ("admin@im.mv.example", "Jens Wulff", "IM", "authority_admin", "de"),
    ("anna@im.mv.example", "Anna Lindner", "IM", "staff", "de"),
    ("bernd@im.mv.example", "Bernd Krüger", "IM", "staff", "de"),
    ("sabine.thiel@im.mv.example", "Sabine Thiel", "IM", "staff", "de"),
    ("james.walker@im.mv.example", "James Walker", "IM", "staff", "en"),
    ("admin@fm.mv.example", "Heike Möller", "FM", "authority_admin", "de"),
    ("clara@fm.mv.example", "Clara Voss", "FM", "staff", "de"),
    ("dirk.sommer@fm.mv.example", "Dirk Sommer", "FM", "staff", "de"),
    ("admin@laiv.mv.example", "Gudrun Ahrens", "LAiV", "authority_admin", "de"),
    ("torsten.beyer@laiv.mv.example", "Torsten Beyer", "LAiV", "staff", "de"),
    ("nele.jacobs@lpbk.mv.example", "Nele Jacobs", "LPBK", "staff", "de"),
    ("ralf.stein@pp-rostock.mv.example", "Ralf Stein", "PP Rostock", "staff", "de"),
    ("katja.lorenz@pi-wismar.mv.example", "Katja Lorenz", "PI Wismar", "staff", "de"),
    ("uwe.harms@fa-schwerin.mv.example", "Uwe Harms", "FA Schwerin", "staff", "de"),
    ("maren.vogt@ag-greifswald.mv.example", "Maren Vogt", "AG Greifswald", "staff", "de"),
    ("henrik.paulsen@lung.mv.example", "Henrik Paulsen", "LUNG", "staff", "de"),
    ("ines.wolter@schwerin.mv.example", "Ines Wolter", "Schwerin", "staff", "de"),
    ("peter.dahl@greifswald.mv.example", "Peter Dahl", "Greifswald", "staff", "de"),
)
