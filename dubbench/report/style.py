"""How the page looks: on paper white and in the dark, on a desk and on a phone. No figure is named here."""

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #222; --dim: #666; --rule: #e3e3e3; --alarm: #b00020;
  --card: #f6f6f4 }
@media (prefers-color-scheme: dark) { :root { --paper: #16181b; --ink: #e4e4e2; --dim: #9a9a98; --rule: #34373c;
  --alarm: #ff8a80; --card: #1f2226 } }
* { box-sizing: border-box }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 1020px; margin: 2em auto; padding: 0 1em; color: var(--ink);
  background: var(--paper) }
h1 { font-size: 1.5em; line-height: 1.25; overflow-wrap: anywhere } h2 { font-size: 1.05em; margin: 0 0 .4em }
small, .dim { color: var(--dim) } .flag { color: var(--alarm); font-size: 13px; overflow-wrap: anywhere }
.axis { stroke: var(--rule) } .src { opacity: .45 } .way { stroke: var(--dim); stroke-width: .8 }
svg .no { fill: #fff; font-size: 10px } svg .tick { font-size: 9px; text-anchor: middle }
svg .fl { fill: #fff; font-size: 8px; text-anchor: middle }
.ft { fill: #c62828; --flag: #c62828 } .fw { fill: #b26a00; --flag: #b26a00 } .fx { fill: #7b3fa0; --flag: #7b3fa0 }
.fo { fill: #55606b; --flag: #55606b } .dead { fill: none; stroke: var(--dim); stroke-dasharray: 2 2 }
.legend { display: flex; flex-wrap: wrap; gap: .2em 1.2em; font-size: 13px; color: var(--dim); margin: .4em 0 0 }
.legend b { display: inline-block; width: 1.1em; height: 1.1em; border-radius: 3px; margin-right: .4em;
  vertical-align: -.15em; font-size: 11px; line-height: 1.1em; text-align: center; color: #fff }
.legend b.m { background: var(--flag) } .legend b.dead { border: 1px dashed var(--dim) }
.chart { overflow-x: auto; margin: 1em 0 } svg { display: block; width: 100%; min-width: 640px; font: 11px system-ui }
svg text { fill: var(--dim) }
.tables { columns: 22em auto; column-gap: 1em; margin: 1.5em 0 }
section { background: var(--card); border-radius: 8px; padding: .8em 1em; margin-bottom: 1em; break-inside: avoid;
  overflow: auto; max-height: 46em }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: 3px 12px 3px 0; vertical-align: top; border-bottom: 1px solid var(--rule) }
tr:last-child > * { border-bottom: 0 } th { font-weight: 500; color: var(--dim) }
td.n { font-variant-numeric: tabular-nums; white-space: nowrap } td.long { overflow-wrap: anywhere }
.tables th, .who { white-space: nowrap }
section :is(th, td):last-child { padding-right: 0 }
section td.n:last-child, section tr.head th:last-child { text-align: right }
.lines td { padding-top: 8px; padding-bottom: 8px }
.lines .time { white-space: nowrap; font-variant-numeric: tabular-nums }
.lines tr:target { background: var(--card) }
.dot { display: inline-block; width: .7em; height: .7em; border-radius: 50%; margin-right: .35em }
@media (max-width: 600px) { body { margin: 1em auto }
  section { font-size: 14px; padding: .7em .8em } section :is(th, td) { padding-right: 8px }
  .lines, .lines tbody, .lines tr, .lines td { display: block; border: 0; padding: 0 } tr.head.wide { display: none }
  .lines tr { padding: .7em 0; border-bottom: 1px solid var(--rule) } .lines .who br { display: none }
  .lines .who, .lines .time { color: var(--dim) } .lines .time br { display: none } .lines td { padding: 1px 0 } }
"""

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
<h1>{title}</h1>
<p class="dim">Pale bars are the source's lines, full ones the dub's, gaps their pauses; a triangle asks for a look.</p>
<div class="chart">{chart}</div>
{whole}
<div class="tables">{tables}</div>
<table class="lines">
<tr class="head wide"><th>line</th><th>source, <b>dub</b></th><th>text, <b>translation</b></th></tr>
{lines}</table>
</html>
"""
