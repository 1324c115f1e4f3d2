"""The style sheet of reports."""

from __future__ import annotations

from flowengine.report.lines import STYLE as CHART_STYLE
from flowengine.report.look import FONT, variables

STYLE = (
    variables(":root")
    + f"body{{margin:0;background:var(--canvas);color:var(--text);font:14px/1.5 {FONT};"
    "font-variant-numeric:tabular-nums}"
    """
main{max-width:1080px;margin:0 auto;padding:40px 24px 64px}
h1{font-size:28px;line-height:1.2;margin:0 0 8px;letter-spacing:-.01em}
h2{font-size:17px;margin:0 0 12px}
h3{font-size:14px;margin:0;display:inline}
h4{font-size:12.5px;font-weight:600;color:var(--text-soft);margin:16px 0 6px}
p{margin:0 0 8px}
header{margin-bottom:32px}
header p{color:var(--text-soft);max-width:72ch}
section{background:var(--surface);border:1px solid var(--line);border-radius:8px;
padding:20px 24px;margin-bottom:16px}
.status{display:inline-block;padding:1px 10px;border-radius:99px;font-size:12px;font-weight:600;
background:var(--warn-soft);color:var(--warn);margin-right:6px}
.status.done{background:var(--good-soft);color:var(--good)}
.status.failed{background:var(--bad-soft);color:var(--bad)}
.scroll{overflow-x:auto;max-width:100%}
.picture svg{display:block;height:auto;max-width:100%}
.faint{color:var(--text-faint)}
.soft{color:var(--text-soft)}
.right{text-align:right}
table{border-collapse:collapse;font-size:13px;white-space:nowrap}
th{text-align:left;font-weight:600;color:var(--text-soft);vertical-align:bottom}
th small{display:block;font-weight:400;color:var(--text-faint)}
th,td{padding:5px 14px 5px 0;border-bottom:1px solid var(--line)}
td[style]{padding:5px 10px;text-align:center}
tbody tr:last-child td{border-bottom:0}
.nodes td{white-space:normal;vertical-align:top}
.nodes td:first-child,.nodes td:last-child{white-space:nowrap}
.glyph{width:15px;height:15px;vertical-align:-3px;margin-right:8px}
.thumbnail{display:block;height:40px;image-rendering:pixelated;border-radius:3px}
.charts+figure{margin-top:12px}
.pixels{display:block;width:100%;max-width:360px;image-rendering:pixelated;border-radius:4px}
dl{margin:0;display:grid;grid-template-columns:max-content 1fr;gap:4px 20px}
dt{color:var(--text-soft)}
dd{margin:0;overflow-wrap:anywhere}
.result dt{color:var(--text);font-weight:600}
.settings{font-size:12.5px;margin:4px 0 12px}
.settings dd{font-family:ui-monospace,'SF Mono',Menlo,'DejaVu Sans Mono',monospace}
details{border-top:1px solid var(--line);padding:12px 0}
section>details:first-of-type{border-top:0;padding-top:0}
section>details:last-of-type{padding-bottom:0}
summary{cursor:pointer;line-height:1.6}
summary>span{margin-left:10px}
details[open]>summary{margin-bottom:10px}
.output>details{border:0}
.error{color:var(--bad);background:var(--bad-soft);border-radius:6px;padding:8px 12px}
.warning{color:var(--warn);background:var(--warn-soft);border-radius:6px;padding:8px 12px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:20px}
.charts.wide{grid-template-columns:minmax(0,640px)}
.charts.small{grid-template-columns:repeat(auto-fill,minmax(120px,1fr));gap:12px}
figure{margin:0}
figcaption{font-size:12.5px;color:var(--text-soft);margin-bottom:4px}
.key{margin-left:14px;white-space:nowrap}
.key i{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:5px}
.bar{display:inline-block;height:7px;border-radius:3px;margin-right:8px;
background:var(--network);opacity:.55}
.diagram{background:#fff;border-radius:8px;padding:8px;overflow-x:auto;max-height:640px}
pre{font-size:12.5px;overflow-x:auto;margin:0}
footer{color:var(--text-faint);font-size:12px;padding:8px 24px}
@media (max-width:640px){main{padding:20px 12px}section{padding:16px}}
@media print{body{background:none}section{border:0;padding:8px 0}
.picture svg{min-width:0!important}.scroll,pre,.diagram{overflow:visible;max-height:none}
.scroll table{font-size:9.5px}.scroll th,.scroll td{padding-right:8px}
figure,tr,.picture{break-inside:avoid}h2,h4,summary{break-after:avoid}}
""" + CHART_STYLE
)
