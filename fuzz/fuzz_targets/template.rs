//! Any kitchen template: no panic, every finding has words and points into the text, and what is right stays so with the
//! line ends of another system.
#![no_main]

use counterflow::documents::template::Template;

libfuzzer_sys::fuzz_target!(|text: &str| {
    // What an owner changes is the sample: each input also stands in the middle of it.
    let (head, rest) = Template::SAMPLE.split_at(Template::SAMPLE.find("\n[").map_or(0, |at| at + 1));
    for text in [text.to_owned(), format!("{head}{text}\n{rest}")] {
        match Template::parse(&text) {
            Ok(template) => {
                let other = text.replace("\r\n", "\n").replace('\n', "\r\n");
                assert_eq!(Template::parse(&other).as_ref(), Ok(&template));
            }
            Err(wrong) => {
                assert!(!wrong.is_empty());
                for wrong in wrong {
                    assert!(!wrong.what.is_empty() && text.get(wrong.at.clone()).is_some(), "{wrong:?}");
                }
            }
        }
    }
});
