"""Draw the example pictures of the playbook: `uv run python tools/playbook_pictures.py`. Nobody real is in them."""

import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "workbench" / "playbooks"
WIDTH, HEIGHT = 320, 200
SKY, WALL, GROUND, LINE = "#dfe9f2", "#eee7dc", "#c9c2b6", "#4a5568"
SKINS = ("#e8b998", "#8d5b3f", "#c98f6a", "#f1cdb3", "#6f4632")
CLOTHES = ("#3c6e91", "#a8553a", "#5d7f4e", "#76598c", "#b8862f")
HAIR = ("#4b3426", "#241c18", "#8a6a3d", "#2f2f38", "#57392b")
MARK = "#c2185b"


def rect(x, y, w, h, fill, radius=0, more=""):
    """Return a rectangle."""
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{radius:g}" fill="{fill}"{more}/>'


def disc(x, y, r, fill, ry=None, more=""):
    """Return a circle, or an ellipse with another height."""
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{r:g}" ry="{ry or r:g}" fill="{fill}"{more}/>'


def path(data, fill="none", stroke=LINE, width=2.0):
    """Return a path."""
    return (
        f'<path d="{data}" fill="{fill}" stroke="{stroke}" stroke-width="{width:g}" stroke-linecap="round" '
        'stroke-linejoin="round"/>'
    )


def head(x, y, r, who=0):
    """Return a head with hair, eyes and a mouth; `r` is half its width."""
    skin, hair = SKINS[who % 5], HAIR[who % 5]
    eyes = "".join(disc(x + side * r * 0.38, y - r * 0.02, r * 0.11, "#20242b") for side in (-1, 1))
    mouth = path(f"M{x - r * 0.35:g} {y + r * 0.5:g}q{r * 0.35:g} {r * 0.3:g} {r * 0.7:g} 0", width=max(r * 0.1, 0.8))
    crown = f"M{x - r * 1.02:g} {y - r * 0.1:g}a{r * 1.02:g} {r * 1.15:g} 0 0 1 {r * 2.04:g} 0"
    crown += f"q{-r:g} {-r * 0.75:g} {-r * 2.04:g} 0z"
    return disc(x, y, r, skin, r * 1.18) + path(crown, hair, hair, 1) + eyes + mouth


def figure(x, ground, tall, who=0):
    """Return a standing person, `tall` px from the ground to the top of the head."""
    r = tall / 11
    top, shoulder = ground - tall + r * 1.2, ground - tall + r * 2.6
    cloth = CLOTHES[who % 5]
    legs = "".join(
        rect(x + side - r * 0.55, ground - tall * 0.42, r * 1.1, tall * 0.42, LINE, r * 0.4)
        for side in (-r * 0.7, r * 0.7)
    )
    body = rect(x - r * 1.7, shoulder, r * 3.4, tall * 0.4, cloth, r)
    arms = "".join(
        rect(x + side * r * 2.05 - r * 0.4, shoulder + r * 0.2, r * 0.8, tall * 0.36, cloth, r * 0.4)
        for side in (-1, 1)
    )
    return legs + arms + body + head(x, top, r, who)


def bust(x, y, r, who=0):
    """Return a head with shoulders that end at `y + 3.2 r`."""
    cloth = CLOTHES[who % 5]
    shoulders = f"M{x - r * 2.1:g} {y + r * 3.2:g}q0 {-r * 1.9:g} {r * 1.5:g} {-r * 1.9:g}h{r * 1.2:g}"
    shoulders += f"q{r * 1.5:g} 0 {r * 1.5:g} {r * 1.9:g}z"
    return path(shoulders, cloth, cloth, 1) + head(x, y, r, who)


def mark(x, y, w, h):
    """Return the dashed box around what is to be noticed."""
    pale = ' stroke="#fff" stroke-width="5" stroke-opacity="0.85"'
    dashed = f' stroke="{MARK}" stroke-width="2.5" stroke-dasharray="7 4"'
    return rect(x, y, w, h, "none", 3, pale) + rect(x, y, w, h, "none", 3, dashed)


def words(x, y, text, size=10, fill=LINE):
    """Return a line of text; `x` is its middle."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-family="sans-serif" font-size="{size:g}" font-weight="600" '
        f'text-anchor="middle" fill="{fill}">{text}</text>'
    )


def reflections():
    """A person before a shop window, who is seen in it again."""
    window = rect(150, 24, 150, 136, "#9fb8c9", 4) + rect(156, 30, 138, 124, "#7f9db1", 2)
    again = f'<g opacity="0.55">{figure(200, 154, 112, 0)}</g>'
    shine = path("M262 40l-22 46M280 44l-34 72", stroke="#dbe8f1", width=4)
    return rect(0, 160, 320, 40, GROUND), window, again, shine, figure(84, 184, 146, 0), mark(184, 40, 33, 34)


def posters():
    """A street with a poster of a face."""
    poster = rect(46, 22, 116, 142, "#fff", 2, f' stroke="{LINE}" stroke-width="3"') + rect(54, 30, 100, 104, "#f2c85b")
    return (
        rect(0, 164, 320, 36, GROUND), poster, bust(104, 74, 18.5, 3), words(104, 153, "VOTE  ★", 14),
        figure(244, 188, 128, 1), mark(80, 44, 48, 56),
    )  # fmt: skip


def video_calls():
    """A laptop with four people on its screen."""
    tiles = "".join(
        rect(82 + 80 * (n % 2), 30 + 54 * (n // 2), 76, 50, ("#b9cbd8", "#d8c9b9", "#c4d3bd", "#d0c3d8")[n], 2)
        + bust(120 + 80 * (n % 2), 48 + 54 * (n // 2), 9.5, n)
        for n in range(4)
    )
    laptop = rect(70, 18, 180, 128, "#2d3440", 6) + rect(78, 26, 164, 112, "#11151c", 2)
    base = path("M50 168l20-22h180l20 22z", "#8b95a3", "#6b7482", 1.5)
    return rect(0, 150, 320, 50, "#b99b7a"), laptop, tiles, base, mark(74, 22, 172, 120)


def helmets():
    """A rider whose visor mirrors somebody."""
    shell = path("M100 112a62 66 0 1 1 124 0v26q0 22-24 22h-64q-36 0-36-30z", "#b23a2f", "#7d261e", 2.5)
    visor = path("M112 96q50-26 112-4v34q-56 20-112 0z", "#3d4a5c", "#20262f", 2.5)
    mirrored = f'<g opacity="0.75">{figure(172, 128, 40, 4)}</g>'
    shine = path("M124 100q22-12 44-13", stroke="#a9bccf", width=4)
    body = path("M40 200q8-42 60-44h124q52 2 60 44z", "#2f3947", "#2f3947", 1)
    return body, shell, visor, mirrored, shine, mark(104, 78, 126, 62)


def statues():
    """A bust on its pedestal, and a visitor."""
    stone = "#b9bcc0"
    pedestal = (
        rect(66, 122, 84, 52, "#9a9da1", 2)
        + rect(58, 116, 100, 10, "#8b8e92", 2)
        + rect(58, 172, 100, 10, "#8b8e92", 2)
    )
    body = path("M70 116q4-30 28-32h20q24 2 28 32z", stone, "#8f9297", 1.5)
    face = disc(108, 60, 19, stone, 23) + path("M89 56a19 23 0 0 1 38 0q-19-14-38 0z", "#a4a7ab", "#8f9297", 1)
    eyes = "".join(path(f"M{x} 60q4-3 8 0", stroke="#7c7f84", width=1.5) for x in (97, 111))
    return (
        rect(0, 180, 320, 20, "#a9bd8f"), pedestal, body, face, eyes,
        path("M102 74q6 3 12 0", stroke="#7c7f84", width=1.5), figure(238, 188, 132, 2), mark(84, 34, 48, 54),
    )  # fmt: skip


def tattoos():
    """An arm with a drawing on it."""
    arm = path("M-6 62q120-10 196 24q40 18 92 18l10 26q-60 14-116-2q-90-24-182-16z", SKINS[0], "#c9946f", 2)
    hand = path("M276 100q26-10 40 2q10 14-8 26q-18 8-40 2z", SKINS[0], "#c9946f", 2)
    sleeve = path("M-6 52l54-4v74l-54 4z", CLOTHES[0], "#2c526d", 2)
    anchor = path("M130 82v34M118 90h24M114 104q2 14 16 14t16-14", stroke="#31566b", width=4) + disc(
        130, 77, 5, "none", more=' stroke="#31566b" stroke-width="4"'
    )
    return arm, hand, sleeve, anchor, words(172, 119, "M. 1987", 11, "#31566b"), mark(104, 66, 98, 62)


def name_badges():
    """Somebody with a lanyard."""
    cords = path("M136 112l20 44M184 112l-20 44", stroke="#1f4e79", width=4)
    card = rect(128, 150, 64, 40, "#fff", 4, f' stroke="{LINE}" stroke-width="1.5"') + rect(
        128, 150, 64, 10, "#1f4e79", 3
    )
    name = words(160, 174, "A. NAME", 11) + rect(142, 179, 36, 4, "#a8b0ba", 2)
    return bust(160, 64, 32, 4), rect(93, 160, 134, 44, CLOTHES[4]), cords, card, name, mark(122, 144, 76, 50)


def children():
    """A child at an adult's hand."""
    adult, child = figure(136, 184, 150, 2), figure(196, 184, 88, 3)
    bag = rect(186, 126, 22, 24, "#d0574a", 5)
    swing = path("M238 184l22-120l22 120M260 64h44v120M272 64v78M294 64v78M270 142h26", stroke="#8d7b66", width=4)
    return rect(0, 176, 320, 24, "#a9bd8f"), swing, adult, child, bag, mark(173, 92, 46, 96)


def distant_crowds():
    """A stand full of heads."""
    rows = []
    for row in range(7):
        y, r = 70 + row * 17, 3.2 + row * 0.35
        for seat in range(26):
            who = (seat * 7 + row * 11 + seat * row) % 5
            x = 8 + seat * 12.3 + (row % 2) * 6
            rows.append(
                rect(x - r * 1.4, y + r * 0.9, r * 2.8, 9, CLOTHES[(who + row) % 5], 3)
                + disc(x, y, r, SKINS[who], r * 1.15)
            )
    roof = path("M0 40l320-22v18l-320 22z", "#5c6b7d", "#46525f", 1)
    return rect(0, 54, 320, 130, "#98a3ad"), *rows, roof, rect(0, 182, 320, 18, "#7fa36a"), mark(112, 98, 96, 56)


SCENES = {
    "reflections": (WALL, reflections),
    "posters": (WALL, posters),
    "video-calls": (WALL, video_calls),
    "helmets": (SKY, helmets),
    "statues": (SKY, statues),
    "tattoos": (WALL, tattoos),
    "name-badges": (SKY, name_badges),
    "children": (SKY, children),
    "distant-crowds": (SKY, distant_crowds),
}


def picture(name: str) -> str:
    """Return the SVG of a card."""
    ground, scene = SCENES[name]
    parts = "\n".join((rect(0, 0, WIDTH, HEIGHT, ground), *scene()))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">\n{parts}\n</svg>\n'


def main() -> int:
    """Write all pictures, or with --check say whether they are up to date."""
    stale = []
    for name in SCENES:
        target = TARGET / f"{name}.svg"
        if target.is_file() and target.read_text("utf-8") == picture(name):
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            target.write_text(picture(name), "utf-8")
    if "--check" in sys.argv and stale:
        print(f"out of date: {', '.join(stale)}: run python tools/playbook_pictures.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
