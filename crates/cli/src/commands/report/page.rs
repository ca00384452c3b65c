//! The frame of the page: style, and what every page says.

use crate::drawing::svg::escape;
use crate::drawing::{COLOURS, COLOURS_ON_DARK};
use std::fmt::Write as _;

/// How the page is read.
pub(super) const HOW_TO_READ: &str = "<p class=\"quiet\">Solid lines and full colours are known, dashed lines and pale \
colours forecast; a vertical line stands at the last known quarter, and from there on four draws in five of all uncertain \
inputs lie in the shade. Below each figure stand its formula, its inputs and its sources. \
<button type=\"button\" id=\"fold\" hidden>Open all</button></p>";

const STYLE: &str = include_str!("page.css");

/// Opens and closes all folded parts, and those that a link leads into; the page works without.
const SCRIPT: &str = "\
var fold=document.getElementById('fold');\
function all(open){document.querySelectorAll('details').forEach(function(d){d.open=open})}\
fold.hidden=false;\
fold.onclick=function(){var open=fold.textContent==='Open all';all(open);fold.textContent=open?'Close all':'Open all'};\
function reveal(){var at=document.getElementById(decodeURIComponent(location.hash.slice(1)));\
for(var n=at;n;n=n.parentElement){if(n.tagName==='DETAILS')n.open=true}if(at)at.scrollIntoView()}\
addEventListener('hashchange',reveal);if(location.hash)reveal();";

/// A whole page around a body.
pub(super) fn whole(title: &str, body: &str) -> String {
    let title = escape(title);
    let colours = |colours: [&str; COLOURS.len()]| {
        colours.iter().enumerate().fold(String::new(), |mut text, (index, colour)| {
            let _ = write!(text, "--c{index}:{colour};");
            text
        })
    };
    let (light, dark) = (colours(COLOURS), colours(COLOURS_ON_DARK));
    let style = STYLE.replace("/*light*/", &light).replace("/*dark*/", &dark);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>\n{style}</style>\n</head>\n<body>\n{body}<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

/// A name as it may stand in an address within the page.
pub(super) fn anchor(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}

/// A text in which names stand between backticks.
pub(super) fn prose(text: &str) -> String {
    let parts = escape(text).split('`').map(str::to_owned).collect::<Vec<_>>();
    let mut out = String::new();
    for (index, part) in parts.iter().enumerate() {
        let name = index % 2 == 1 && index + 1 < parts.len();
        let _ = if name { write!(out, "<code>{part}</code>") } else { write!(out, "{part}") };
    }
    out
}
