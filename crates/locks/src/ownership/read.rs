//! Reading `ops/ownership.yaml`, with the place of everything.

use std::collections::BTreeMap;
use std::ops::Range;

use trueline_core::Finding;
use trueline_core::artifact::ownership::Risk;
use trueline_kit::Source;
use trueline_scope::Glob;
use trueline_text::yaml::{self, Kind, Node};

use super::expand;
use crate::codeowners::is_owner;
use crate::rules;

/// Most rules of one file.
pub(crate) const MAX_RULES: usize = 10_000;

/// The whole file.
#[derive(Debug)]
pub(crate) struct Ownership {
    pub(crate) source: Source,
    /// The host's accounts that stand for a name.
    pub(crate) accounts: BTreeMap<String, Vec<String>>,
    /// General ones first: the last that owns a path decides.
    pub(crate) rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) owners: Vec<Owner>,
    pub(crate) reason: Option<String>,
    pub(crate) risk: Option<Risk>,
    pub(crate) range: Range<usize>,
}

/// One glob of a rule.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) text: String,
    pub(crate) range: Range<usize>,
    pub(crate) glob: Glob,
    /// Its alternatives; empty where there are too many.
    pub(crate) parts: Vec<Part>,
}

/// One alternative of a glob.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) text: String,
    /// What it owns: see the module above.
    pub(crate) owned: Vec<Glob>,
}

/// An owner as written.
#[derive(Debug)]
pub(crate) struct Owner {
    pub(crate) name: String,
}

impl Ownership {
    /// The accounts of an owner: itself where it is one; `None` for an unmapped name.
    pub(crate) fn accounts_of<'a>(&'a self, owner: &'a str) -> Option<Vec<&'a str>> {
        if let Some(accounts) = self.accounts.get(owner) {
            return Some(accounts.iter().map(String::as_str).collect());
        }
        is_owner(owner).then(|| vec![owner])
    }

    /// Whether a rule's owners include a name, by itself or by one of its accounts.
    pub(crate) fn includes(&self, rule: &Rule, name: &str) -> bool {
        let mine = self.accounts_of(name).unwrap_or_default();
        rule.owners.iter().any(|owner| {
            owner.name == name
                || self
                    .accounts_of(&owner.name)
                    .is_some_and(|theirs| theirs.iter().any(|account| mine.contains(account)))
        })
    }
}

/// Reads the file. There is no `Ownership` where its syntax is broken; otherwise what could not
/// be read is left out and reported.
pub(crate) fn read(source: &Source) -> (Option<Ownership>, Vec<Finding>) {
    let (document, errors) = yaml::parse(source.text());
    let mut reader = Reader {
        source,
        findings: Vec::new(),
    };
    for error in errors {
        let at = source.at(error.offset..error.end);
        let mut finding = Finding::new(&rules::OWNERSHIP_SYNTAX, at, error.message);
        finding.help = error.help;
        reader.findings.push(finding);
    }
    let Some(document) = document else {
        let empty = reader.findings.is_empty();
        let ownership = empty.then(|| Ownership {
            source: source.clone(),
            accounts: BTreeMap::new(),
            rules: Vec::new(),
        });
        return (ownership, reader.findings);
    };
    for twice in document.duplicates() {
        let message = format!("the key `{}` stands here twice", twice.key);
        let at = source.at(twice.second.clone());
        reader.findings.push(
            Finding::new(&rules::OWNERSHIP_DUPLICATE_KEY, at, message)
                .related(source.at(twice.first.clone()), "first here"),
        );
    }
    let ownership = document.root().map(|root| reader.file(root));
    (ownership, reader.findings)
}

struct Reader<'a> {
    source: &'a Source,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn shape(&mut self, range: Range<usize>, message: impl Into<String>) {
        let at = self.source.at(range);
        let finding = Finding::new(&rules::OWNERSHIP_SHAPE, at, message);
        self.findings.push(finding);
    }

    fn file(&mut self, root: Node<'_>) -> Ownership {
        let mut ownership = Ownership {
            source: self.source.clone(),
            accounts: BTreeMap::new(),
            rules: Vec::new(),
        };
        if root.kind() != Kind::Object {
            self.wrong_kind(root, "the file", "a mapping");
            return ownership;
        }
        self.known_keys(root, &["version", "accounts", "rules"]);
        if let Some(version) = root.get("version")
            && version.number_text() != Some("1")
        {
            self.shape(
                version.span(),
                "`version` is not 1, the version that this tool reads",
            );
        }
        if let Some(accounts) = root.get("accounts") {
            ownership.accounts = self.accounts(accounts);
        }
        let Some(rules) = root.get("rules") else {
            return ownership;
        };
        if rules.kind() != Kind::Array {
            self.wrong_kind(rules, "`rules`", "a list");
            return ownership;
        }
        if rules.len() > MAX_RULES {
            let span = rules.span();
            self.shape(
                span.start..span.start,
                format!("more than {MAX_RULES} rules"),
            );
        }
        for rule in rules.items().take(MAX_RULES) {
            let rule = self.rule(rule, &ownership);
            ownership.rules.extend(rule);
        }
        ownership
    }

    fn accounts(&mut self, node: Node<'_>) -> BTreeMap<String, Vec<String>> {
        let mut accounts = BTreeMap::new();
        if node.kind() != Kind::Object {
            self.wrong_kind(node, "`accounts`", "a mapping of names to accounts");
            return accounts;
        }
        for (name, value) in node.members() {
            let Some(text) = value.as_str() else {
                self.wrong_kind(value, &format!("the account of `{name}`"), "a text");
                continue;
            };
            let list: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            let bad = list.iter().find(|account| !is_owner(account));
            if let Some(bad) = bad.or(list.is_empty().then_some(&String::new())) {
                let message = format!("`{bad}` is neither @user, @org/team nor an e-mail address");
                let at = self.source.at(value.span());
                let finding = Finding::new(&rules::OWNERSHIP_OWNER, at, message);
                self.findings.push(finding.subject(name));
                continue;
            }
            accounts.insert(name.to_owned(), list);
        }
        accounts
    }

    fn rule(&mut self, node: Node<'_>, ownership: &Ownership) -> Option<Rule> {
        if node.kind() != Kind::Object {
            self.wrong_kind(node, "a rule", "a mapping with `paths` and `owners`");
            return None;
        }
        self.known_keys(node, &["paths", "owners", "reason", "risk"]);
        for needed in ["paths", "owners"] {
            if node.get(needed).is_none() {
                let span = node.span();
                self.shape(span.start..span.start, format!("a rule without `{needed}`"));
            }
        }
        let patterns = self.patterns(node.get("paths")?);
        let owners = self.owners(node.get("owners")?, ownership);
        let reason = node.get("reason").and_then(|reason| {
            let text = reason.as_str().map(std::borrow::Cow::into_owned);
            if text.is_none() {
                self.wrong_kind(reason, "`reason`", "a text");
            }
            text
        });
        let risk = node.get("risk").and_then(|risk| self.risk(risk));
        Some(Rule {
            patterns,
            owners,
            reason,
            risk,
            range: node.span(),
        })
    }

    fn risk(&mut self, node: Node<'_>) -> Option<Risk> {
        match node.as_str().as_deref() {
            Some("low") => Some(Risk::Low),
            Some("medium") => Some(Risk::Medium),
            Some("high") => Some(Risk::High),
            Some("critical") => Some(Risk::Critical),
            _ => {
                self.shape(node.span(), "`risk` is none of low, medium, high, critical");
                None
            }
        }
    }

    fn texts<'d>(&mut self, node: Node<'d>, what: &str) -> Vec<(String, Node<'d>)> {
        if node.kind() != Kind::Array {
            self.wrong_kind(node, what, "a list of texts");
            return Vec::new();
        }
        let mut found = Vec::new();
        for item in node.items() {
            match item.as_str() {
                Some(text) => found.push((text.into_owned(), item)),
                None => self.wrong_kind(item, &format!("an element of {what}"), "a text"),
            }
        }
        found
    }

    fn patterns(&mut self, node: Node<'_>) -> Vec<Pattern> {
        let texts = self.texts(node, "`paths`");
        if texts.is_empty() && node.kind() == Kind::Array && node.is_empty() {
            self.shape(node.span(), "`paths` is empty");
        }
        let mut found = Vec::new();
        for (text, item) in texts {
            let range = item.span();
            match Glob::parse(&text) {
                Ok(glob) => found.push(pattern(text, range, glob)),
                Err(error) => {
                    let place = inside(self.source.text(), &range, &text, error.offset);
                    let message = format!("bad glob: {}", error.message);
                    let at = self.source.at(place);
                    let mut finding = Finding::new(&rules::OWNERSHIP_GLOB, at, message);
                    finding.help = error.help;
                    self.findings.push(finding.subject(text));
                }
            }
        }
        found
    }

    fn owners(&mut self, node: Node<'_>, ownership: &Ownership) -> Vec<Owner> {
        let mut found: Vec<Owner> = Vec::new();
        for (name, item) in self.texts(node, "`owners`") {
            if ownership.accounts_of(&name).is_none() {
                let message = if name.contains(['@', ' ']) || name.is_empty() {
                    format!("`{name}` is neither a name, @user, @org/team nor an e-mail address")
                } else {
                    format!("`{name}` has no account under `accounts`")
                };
                let help = "add it under `accounts`, or write the account itself";
                let at = self.source.at(item.span());
                let finding = Finding::new(&rules::OWNERSHIP_OWNER, at, message).help(help);
                self.findings.push(finding.subject(name.clone()));
            }
            found.push(Owner { name });
        }
        found
    }

    fn known_keys(&mut self, node: Node<'_>, known: &[&str]) {
        for (key, value) in node.members() {
            if !known.contains(&key) {
                let range = value.key_span().unwrap_or_else(|| value.span());
                let list = known.join("`, `");
                self.shape(range, format!("unknown key `{key}`: there are `{list}`"));
            }
        }
    }

    fn wrong_kind(&mut self, node: Node<'_>, what: &str, wanted: &str) {
        // A value that could not be read has its own finding already.
        if node.kind() != Kind::Invalid {
            let kind = node.kind().name();
            self.shape(node.span(), format!("{what} is a {kind}, not {wanted}"));
        }
    }
}

pub(crate) fn pattern(text: String, range: Range<usize>, glob: Glob) -> Pattern {
    let parts = expand::braces(&text).unwrap_or_default();
    let parts = parts
        .into_iter()
        .filter_map(|text| {
            let glob = Glob::parse(&text).ok()?;
            let owned = expand::owned(&text, &glob);
            Some(Part { text, owned })
        })
        .collect();
    Pattern {
        text,
        range,
        glob,
        parts,
    }
}

/// The place of a byte of a text value: exact where it stands in the file as it is.
fn inside(text: &str, range: &Range<usize>, value: &str, offset: usize) -> Range<usize> {
    let raw = text.get(range.clone()).unwrap_or_default();
    match raw.find(value) {
        Some(at) if !value.is_empty() => {
            let start = range.start + at + offset.min(value.len());
            start..start
        }
        _ => range.clone(),
    }
}
