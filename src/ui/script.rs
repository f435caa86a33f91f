//! What somebody types, written down: the lines of `ring` and of scenarios.

use crate::ui::Input;
use crate::ui::key::Key;

/// A line as inputs: whole, or cut at keys in angle brackets: `2*1`, `2000<F12>`, `<Up><Del>2`.
/// `<lt>` is the character itself, `<gt>` the key `>`.
///
/// # Errors
/// When a bracket is not closed, or no key has the name within.
pub fn inputs(text: &str) -> Result<Vec<Input>, String> {
    if !text.contains('<') {
        return Ok(vec![Input::Line(text.to_owned())]);
    }
    let mut inputs = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        if !before.is_empty() {
            inputs.push(Input::Text(before.to_owned()));
        }
        let (name, after) = after.split_once('>').ok_or_else(|| format!("`{text}`: a key is written <F12>"))?;
        inputs.push(match name {
            "lt" => Input::Text("<".to_owned()),
            "gt" => Input::Key(Key::Char('>')),
            name => Input::Key(name.parse::<Key>()?),
        });
        rest = after;
    }
    if !rest.is_empty() {
        inputs.push(Input::Line(rest.to_owned()));
    }
    Ok(inputs)
}
