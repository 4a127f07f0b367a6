"""Names as nobody should print them: harmless to look at here, and in every channel."""

from __future__ import annotations

HOSTILE = (
    "@channel @all @here @room @everyone",
    "<!channel> <!here> <@U0123> <at>Marie</at>",
    "<https://evil.example|Cliquez ici>",
    "[Cliquez ici](https://evil.example)",
    "**gras** _italique_ ~~barré~~ `code`",
    "# Titre",
    "1. un\n2. deux",
    "- liste",
    "> citation",
    "| a | b |",
    ":warning: :)",
    "<b onmouseover=x>gras</b><script>x()</script>",
    "&lt;b&gt; &amp; &#64;all",
    "\u202eesrever\u202c",
    "a\x00b\x1b[31mc\x07",
    "ligne\u2028autre\r\nencore",
    "#salon:example.org @marie:example.org !abc:example.org",
    "$x$ www.evil.example https://evil.example",
    "\\*non\\*",
    "~town-square #etiquette",
)
