//! From a catalogue in Fluent's syntax to Rust. Of Fluent, what a catalogue of ours needs: texts, variables, `NUMBER($count)`, and a choice by
//! number. Anything else is refused with its place, rather than left out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement, Variant, VariantKey},
    parser,
};

/// What a variable is, by how the message uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Shown as it is.
    Text,
    /// A number of things.
    Count,
}

/// The Rust of a catalogue: a constant for each message without variables, a function for each other.
///
/// # Errors
///
/// What cannot be understood, and where.
pub(crate) fn rust_of(catalogue: &str) -> Result<String, String> {
    let resource = parser::parse(catalogue).map_err(|(_, problems)| {
        let place = |at: usize| catalogue[..at.min(catalogue.len())].matches('\n').count() + 1;
        let problems = problems.iter().map(|problem| format!("line {}: {problem}", place(problem.pos.start)));
        problems.collect::<Vec<_>>().join("; ")
    })?;
    let mut code = String::new();
    let mut known = BTreeSet::new();
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => {
                if !known.insert(message.id.name) {
                    return Err(format!("{}: there are two of it", message.id.name));
                }
                let item = item_of(message).map_err(|problem| format!("{}: {problem}", message.id.name))?;
                code.push_str(&item);
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            Entry::Term(term) => return Err(format!("-{}: terms are not understood", term.id.name)),
            Entry::Junk { content } => return Err(format!("not understood: {content}")),
        }
    }
    Ok(code)
}

fn item_of(message: &Message<&str>) -> Result<String, String> {
    let pattern = message.value.as_ref().ok_or("it says nothing")?;
    if !message.attributes.is_empty() {
        return Err("attributes are not understood".into());
    }
    let mut variables = BTreeMap::new();
    let name = message.id.name.replace('-', "_");
    let doc = format!("/// `{}`\n", message.id.name);
    let mut body = Body::default();
    write_pattern(pattern, &mut variables, &mut body)?;
    if variables.is_empty() {
        let text = constant(pattern)?;
        return Ok(format!("{doc}pub const {}: &str = {text:?};\n", name.to_uppercase()));
    }
    let parameters: Vec<String> = variables
        .iter()
        .map(|(name, kind)| match kind {
            Kind::Text => format!("{name}: impl Display"),
            Kind::Count => format!("{name}: impl Count"),
        })
        .collect();
    let mut code = format!("{doc}pub fn {name}({}) -> String {{\n", parameters.join(", "));
    for (name, _) in variables.iter().filter(|(_, kind)| **kind == Kind::Count) {
        let _ = writeln!(code, "let {name} = {name}.count();");
    }
    code.push_str(&body.returned());
    code.push_str("}\n");
    Ok(code)
}

/// The statements of a function. What stands together is formatted at once, which is the smallest code.
#[derive(Default)]
struct Body {
    statements: String,
    /// A format string for what is not in a statement yet,
    format: String,
    /// and what it names by `{}`.
    arguments: String,
}

impl Body {
    fn say(&mut self, text: &str) {
        self.format.push_str(&text.replace('{', "{{").replace('}', "}}"));
    }

    fn formatted(&mut self) -> String {
        format!("{:?}{}", std::mem::take(&mut self.format), std::mem::take(&mut self.arguments))
    }

    /// Puts what was said into a statement.
    fn flush(&mut self) {
        if !self.format.is_empty() {
            let formatted = self.formatted();
            let _ = writeln!(self.statements, "let _ = write!(text, {formatted});");
        }
    }

    /// The whole, with its value.
    fn returned(mut self) -> String {
        if self.statements.is_empty() {
            return format!("format!({})\n", self.formatted());
        }
        self.flush();
        format!("let mut text = String::new();\n{}text\n", self.statements)
    }
}

/// The text of a message without variables.
fn constant(pattern: &Pattern<&str>) -> Result<String, String> {
    let mut text = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } => text.push_str(&fluent_syntax::unicode::unescape_unicode_to_string(value)),
            PatternElement::Placeable { .. } => return Err("a choice without a variable".into()),
        }
    }
    Ok(text)
}

/// Appends a pattern.
fn write_pattern<'a>(
    pattern: &Pattern<&'a str>,
    variables: &mut BTreeMap<&'a str, Kind>,
    body: &mut Body,
) -> Result<(), String> {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => body.say(value),
            PatternElement::Placeable { expression: Expression::Inline(inline) } => match inline {
                InlineExpression::StringLiteral { value } => {
                    body.say(&fluent_syntax::unicode::unescape_unicode_to_string(value));
                }
                InlineExpression::VariableReference { id } => {
                    variables.entry(id.name).or_insert(Kind::Text);
                    let _ = write!(body.format, "{{{}}}", id.name);
                }
                InlineExpression::FunctionReference { .. } => {
                    let name = counted(inline)?;
                    variables.insert(name, Kind::Count);
                    body.format.push_str("{}");
                    let _ = write!(body.arguments, ", thousands({name})");
                }
                _ => return Err("only variables, NUMBER($count) and texts can be put in".into()),
            },
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                let name = counted(selector)?;
                variables.insert(name, Kind::Count);
                body.flush();
                write_choice(name, variants, variables, body)?;
            }
        }
    }
    Ok(())
}

fn write_choice<'a>(
    name: &str,
    variants: &[Variant<&'a str>],
    variables: &mut BTreeMap<&'a str, Kind>,
    body: &mut Body,
) -> Result<(), String> {
    let (others, cases): (Vec<_>, Vec<_>) = variants.iter().partition(|variant| variant.default);
    for variant in cases.into_iter().chain(others) {
        let key = match &variant.key {
            _ if variant.default => None,
            VariantKey::Identifier { name: "one" } => Some("1"),
            VariantKey::NumberLiteral { value } => Some(*value),
            VariantKey::Identifier { name } => return Err(format!("[{name}] is no number of English")),
        };
        if let Some(key) = key {
            let _ = write!(body.statements, "if {name} == {key} ");
        }
        body.statements.push_str("{\n");
        write_pattern(&variant.value, variables, body)?;
        body.flush();
        body.statements.push_str(if key.is_some() { "} else " } else { "}\n" });
    }
    Ok(())
}

/// The variable whose number is meant.
fn counted<'a>(expression: &InlineExpression<&'a str>) -> Result<&'a str, String> {
    match expression {
        InlineExpression::VariableReference { id } => Ok(id.name),
        InlineExpression::FunctionReference { id, arguments } if id.name == "NUMBER" => {
            match arguments.positional.as_slice() {
                [InlineExpression::VariableReference { id }] if arguments.named.is_empty() => Ok(id.name),
                _ => Err("NUMBER takes one variable".into()),
            }
        }
        _ => Err("only a number can be chosen by".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_without_variables_is_a_constant() {
        let code = rust_of("## Pages\npause-title = Pause “it”{\" \"}\n").unwrap();
        assert_eq!(code, "/// `pause-title`\npub const PAUSE_TITLE: &str = \"Pause “it” \";\n");
    }

    #[test]
    fn variables_are_parameters_in_the_order_of_the_alphabet() {
        let code = rust_of("seen = { NUMBER($many) } of { $all }\n").unwrap();
        assert!(code.contains("pub fn seen(all: impl Display, many: impl Count) -> String"), "{code}");
        assert!(code.contains(r#"format!("{} of {all}", thousands(many))"#), "{code}");
    }

    #[test]
    fn a_brace_of_a_text_is_no_variable() {
        let code = rust_of("names = { $name } is {\"{\"}url{\"}\"}\n").unwrap();
        assert!(code.contains(r#"format!("{name} is {{url}}")"#), "{code}");
    }

    #[test]
    fn a_choice_goes_by_number() {
        let code =
            rust_of("tries = { $n ->\n    [one] one try\n   *[other] { NUMBER($n) } tries\n}\n").unwrap();
        let (one, other) = (code.find("if n == 1 {").unwrap(), code.find("} else {").unwrap());
        assert!(one < other && code.contains("thousands(n)"), "{code}");
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (catalogue, why) in [
            ("a = { $x ->\n    [few] x\n   *[other] y\n}\n", "few"),
            ("a = x\na = y\n", "two of it"),
            ("a = { b }\nb = x\n", "only variables"),
            ("-a = x\n", "terms"),
            ("a =\n    .title = x\n", "says nothing"),
            ("ok = x\nnot a message\n", "line 2"),
        ] {
            let problem = rust_of(catalogue).unwrap_err();
            assert!(problem.contains(why), "{catalogue}: {problem}");
        }
    }
}
