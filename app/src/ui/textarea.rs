//! Several lines of text. The only place that draws a `<textarea>`: the framework does not escape its children when it
//! renders on the server.

use leptos::prelude::*;

use super::field::Frame;

/// Several lines of text.
#[component]
pub fn TextArea(
    /// The input's name.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// How to answer it.
    #[prop(optional, into)]
    hint: String,
    /// Why it is asked.
    #[prop(optional, into)]
    why: String,
    /// What to show when nothing was typed yet.
    #[prop(optional, into)]
    value: String,
    /// Lines to show.
    #[prop(default = 4)]
    rows: u32,
    /// Most characters.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
) -> AnyView {
    let frame = Frame::of(name, label, hint, why, optional);
    let text = content(&frame.form.value(&frame.name, &value), cfg!(target_arch = "wasm32"));
    let input = view! {
        <textarea
            class="input"
            id=frame.id()
            name=frame.name.clone()
            rows=rows.to_string()
            maxlength=maxlength.map(|most| most.to_string())
            aria-required=(!optional).then_some("true")
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        >
            {text}
        </textarea>
    }
    .into_any();
    frame.around(input)
}

/// The child of the element: as a text node in the browser, as markup on the server. There a leading newline stands
/// before it, which the parser drops: so an own first newline and an empty text both survive.
fn content(text: &str, in_browser: bool) -> String {
    if in_browser {
        return text.to_owned();
    }
    let mut markup = String::with_capacity(text.len() + 1);
    markup.push('\n');
    for letter in text.chars() {
        match letter {
            '&' => markup.push_str("&amp;"),
            '<' => markup.push_str("&lt;"),
            '>' => markup.push_str("&gt;"),
            other => markup.push(other),
        }
    }
    markup
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_closes_the_textarea_is_escaped() {
        let owner = Owner::new();
        let html = owner.with(|| {
            view! { <TextArea name="form[remark]" label="备注" value="</textarea><script>alert(1)</script>&amp;"/> }.to_html()
        });
        assert!(!html.contains("<script>"), "{html}");
        assert!(html.contains("\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;</textarea>"), "{html}");
    }

    #[test]
    fn values_of_inputs_are_escaped_too() {
        let owner = Owner::new();
        let html = owner.with(|| {
            view! { <super::super::TextField name="form[name]" label="<b>" value="\"><script>alert(1)</script>"/> }.to_html()
        });
        assert!(!html.contains("\"><script>"), "{html}");
        assert!(!html.contains("<b>"), "{html}");
    }
}
