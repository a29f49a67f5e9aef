# SPDX-License-Identifier: EUPL-1.2
"""The demo's authorities: the Land, nine departments, about a hundred agencies, two municipalities.

One line each: indentation is the place in the tree, then `short name | name`. Mail domains are made of the short
names below `mv.example`, a name that belongs to nobody (RFC 2606).
"""

from __future__ import annotations

from collections.abc import Iterator

ROOT = "MV"
DOMAIN = "mv.example"

_TREE = """
MV | Land Mecklenburg-Vorpommern
  StK | Staatskanzlei
    LV Berlin | Vertretung des Landes beim Bund
    IB Brüssel | Informationsbüro bei der Europäischen Union
  IM | Ministerium für Inneres und Bau
    LAiV | Landesamt für innere Verwaltung
    LPBK | Landesamt für zentrale Aufgaben und Technik der Polizei, Brand- und Katastrophenschutz
    LKA | Landeskriminalamt
    LBPA | Landesbereitschaftspolizeiamt
    LWSPA | Landeswasserschutzpolizeiamt
    FHöVPR | Fachhochschule für öffentliche Verwaltung, Polizei und Rechtspflege
    LSBK | Landesschule für Brand- und Katastrophenschutz
    PP Rostock | Polizeipräsidium Rostock
      PI Rostock | Polizeiinspektion Rostock
      PI Güstrow | Polizeiinspektion Güstrow
      PI Schwerin | Polizeiinspektion Schwerin
      PI Wismar | Polizeiinspektion Wismar
      PI Ludwigslust | Polizeiinspektion Ludwigslust
    PP Neubrandenburg | Polizeipräsidium Neubrandenburg
      PI Neubrandenburg | Polizeiinspektion Neubrandenburg
      PI Stralsund | Polizeiinspektion Stralsund
      PI Anklam | Polizeiinspektion Anklam
  FM | Ministerium für Finanzen und Digitalisierung
    LAF | Landesamt für Finanzen
    ZDMV | Zentrum für Digitalisierung
    FA Greifswald | Finanzamt Greifswald
    FA Güstrow | Finanzamt Güstrow
    FA Hagenow | Finanzamt Hagenow
    FA Neubrandenburg | Finanzamt Neubrandenburg
    FA Ribnitz-Damgarten | Finanzamt Ribnitz-Damgarten
    FA Rostock | Finanzamt Rostock
    FA Schwerin | Finanzamt Schwerin
    FA Stralsund | Finanzamt Stralsund
    FA Waren | Finanzamt Waren
    FA Wismar | Finanzamt Wismar
    SBL Greifswald | Staatliches Bau- und Liegenschaftsamt Greifswald
    SBL Neubrandenburg | Staatliches Bau- und Liegenschaftsamt Neubrandenburg
    SBL Rostock | Staatliches Bau- und Liegenschaftsamt Rostock
    SBL Schwerin | Staatliches Bau- und Liegenschaftsamt Schwerin
  JM | Ministerium für Justiz, Gleichstellung und Verbraucherschutz
    OLG | Oberlandesgericht Rostock
      LG Neubrandenburg | Landgericht Neubrandenburg
        AG Neubrandenburg | Amtsgericht Neubrandenburg
        AG Pasewalk | Amtsgericht Pasewalk
        AG Waren | Amtsgericht Waren (Müritz)
      LG Rostock | Landgericht Rostock
        AG Güstrow | Amtsgericht Güstrow
        AG Rostock | Amtsgericht Rostock
      LG Schwerin | Landgericht Schwerin
        AG Ludwigslust | Amtsgericht Ludwigslust
        AG Schwerin | Amtsgericht Schwerin
        AG Wismar | Amtsgericht Wismar
      LG Stralsund | Landgericht Stralsund
        AG Greifswald | Amtsgericht Greifswald
        AG Stralsund | Amtsgericht Stralsund
    GStA | Generalstaatsanwaltschaft Rostock
      StA Neubrandenburg | Staatsanwaltschaft Neubrandenburg
      StA Rostock | Staatsanwaltschaft Rostock
      StA Schwerin | Staatsanwaltschaft Schwerin
      StA Stralsund | Staatsanwaltschaft Stralsund
    OVG | Oberverwaltungsgericht Greifswald
      VG Greifswald | Verwaltungsgericht Greifswald
      VG Schwerin | Verwaltungsgericht Schwerin
    FG | Finanzgericht Greifswald
    LAG | Landesarbeitsgericht Rostock
      ArbG Rostock | Arbeitsgericht Rostock
      ArbG Schwerin | Arbeitsgericht Schwerin
      ArbG Stralsund | Arbeitsgericht Stralsund
    LSG | Landessozialgericht Neustrelitz
      SG Neubrandenburg | Sozialgericht Neubrandenburg
      SG Rostock | Sozialgericht Rostock
      SG Schwerin | Sozialgericht Schwerin
      SG Stralsund | Sozialgericht Stralsund
    JVA Bützow | Justizvollzugsanstalt Bützow
    JVA Stralsund | Justizvollzugsanstalt Stralsund
    JVA Waldeck | Justizvollzugsanstalt Waldeck
    JA Neustrelitz | Jugendanstalt Neustrelitz
    LaStar | Landesamt für ambulante Straffälligenarbeit
  WM | Ministerium für Wirtschaft, Infrastruktur, Tourismus und Arbeit
    LS | Landesamt für Straßenbau und Verkehr
      SBA Neustrelitz | Straßenbauamt Neustrelitz
      SBA Schwerin | Straßenbauamt Schwerin
      SBA Stralsund | Straßenbauamt Stralsund
    BA Stralsund | Bergamt Stralsund
  LM | Ministerium für Klimaschutz, Landwirtschaft, ländliche Räume und Umwelt
    LUNG | Landesamt für Umwelt, Naturschutz und Geologie
    LALLF | Landesamt für Landwirtschaft, Lebensmittelsicherheit und Fischerei
    LFA | Landesforschungsanstalt für Landwirtschaft und Fischerei
    StALU MM | Staatliches Amt für Landwirtschaft und Umwelt Mittleres Mecklenburg
    StALU MS | Staatliches Amt für Landwirtschaft und Umwelt Mecklenburgische Seenplatte
    StALU VP | Staatliches Amt für Landwirtschaft und Umwelt Vorpommern
    StALU WM | Staatliches Amt für Landwirtschaft und Umwelt Westmecklenburg
    NPA Müritz | Nationalparkamt Müritz
    NPA Vorpommern | Nationalparkamt Vorpommern
    BRA Schaalsee | Biosphärenreservatsamt Schaalsee-Elbe
    BRA Rügen | Biosphärenreservatsamt Südost-Rügen
    LFoA | Landesforst
      FoA Güstrow | Forstamt Güstrow
      FoA Nossentiner Heide | Forstamt Nossentiner Heide
      FoA Rügen | Forstamt Rügen
      FoA Schildfeld | Forstamt Schildfeld
  BM | Ministerium für Bildung und Kindertagesförderung
    IQ MV | Institut für Qualitätsentwicklung
    SchA Greifswald | Staatliches Schulamt Greifswald
    SchA Neubrandenburg | Staatliches Schulamt Neubrandenburg
    SchA Rostock | Staatliches Schulamt Rostock
    SchA Schwerin | Staatliches Schulamt Schwerin
    LpB | Landeszentrale für politische Bildung
  WKM | Ministerium für Wissenschaft, Kultur, Bundes- und Europaangelegenheiten
    LAKD | Landesamt für Kultur und Denkmalpflege
      LHA | Landeshauptarchiv
      LB | Landesbibliothek
    SSGK | Staatliche Schlösser, Gärten und Kunstsammlungen
  SM | Ministerium für Soziales, Gesundheit und Sport
    LAGuS | Landesamt für Gesundheit und Soziales
      VA Neubrandenburg | Versorgungsamt Neubrandenburg
      VA Rostock | Versorgungsamt Rostock
      VA Schwerin | Versorgungsamt Schwerin
      VA Stralsund | Versorgungsamt Stralsund
    LPH | Landesprüfungsamt für Heilberufe
  Schwerin | Landeshauptstadt Schwerin
  Greifswald | Universitäts- und Hansestadt Greifswald
"""

_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "-"})


def authorities() -> Iterator[tuple[str, str, str | None]]:
    """(short name, name, short name of the one above), from the root down."""
    above: list[str] = []
    for line in _TREE.strip("\n").splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        short_name, _, name = line.strip().partition(" | ")
        del above[depth:]
        yield short_name, name, above[-1] if above else None
        above.append(short_name)


def domain_of(short_name: str) -> str:
    """The mail domain of an authority: `FA Güstrow` -> `fa-guestrow.mv.example`."""
    return DOMAIN if short_name == ROOT else f"{short_name.lower().translate(_ASCII)}.{DOMAIN}"
