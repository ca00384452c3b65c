//! Examples of calls for the help.

/// Examples of commands that need no name from a model; the others' stand in the model's own
/// `examples.csv`.
const EXAMPLES: [(&str, &str); 11] = [
    ("sources", "sources"),
    ("scenarios", "scenarios"),
    ("company", "company"),
    ("layer", "layer"),
    ("claims", "claims --by-publication"),
    ("check", "check --model my-model --watch"),
    ("fmt", "fmt --model my-model --check"),
    ("init", "init my-model"),
    ("completions", "completions bash > ~/.local/share/bash-completion/completions/tokenomics"),
    ("report", "report --out page"),
    ("man", "man --to ~/.local/share/man/man1"),
];

/// Examples of calls, by command; the front page's under the empty name.
pub struct Examples(Vec<(String, String)>);

impl Examples {
    /// Those above and those of the built-in model.
    pub fn built_in() -> Examples {
        let mut all: Vec<(String, String)> =
            EXAMPLES.iter().map(|(command, call)| ((*command).to_owned(), (*call).to_owned())).collect();
        let text = crate::load::embedded("examples.csv").unwrap_or_default();
        for row in csv::Reader::from_reader(text.as_bytes()).records().flatten() {
            all.push((row.get(0).unwrap_or_default().to_owned(), row.get(1).unwrap_or_default().to_owned()));
        }
        Examples(all)
    }

    /// The examples of one command as a paragraph.
    pub fn of(&self, command: &str) -> String {
        let calls: Vec<&str> =
            self.0.iter().filter(|(name, _)| name == command).map(|(_, call)| call.as_str()).collect();
        if calls.is_empty() {
            return String::new();
        }
        let title = if calls.len() == 1 { "Example:" } else { "Examples:" };
        calls.iter().fold(title.to_owned(), |text, call| format!("{text}\n  tokenomics {call}"))
    }
}
