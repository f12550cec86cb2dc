//! The questions of `init`: only those that no flag has answered, each with a way to leave it open.

use super::draft::Draft;
use super::{currency, evidence, price};
use crate::args::Init;
use std::io::{self, BufRead, Write};
use std::path::Path;

/// Somebody who is asked.
pub(super) struct Dialogue<R, W> {
    pub(super) input: R,
    pub(super) talk: W,
}

impl<R: BufRead, W: Write> Dialogue<R, W> {
    /// Asks for what the flags have left open. An empty answer takes what stands in brackets.
    pub(super) fn complete(
        &mut self,
        draft: &mut Draft,
        args: &Init,
        folder: &Path,
    ) -> io::Result<()> {
        if args.title.is_none() {
            let question = format!("What is negotiated? [{}]", draft.title);
            let title = self.ask(&question, |text| Ok(text.to_owned()))?;
            draft.title = title.unwrap_or_else(|| draft.title.clone());
        }
        if args.currency.is_none() && args.per.is_none() {
            let question = format!("Currency and unit? [{}]", draft.unit());
            let per = draft.per.clone();
            if let Some((code, per)) = self.ask(&question, |text| unit(text, &per))? {
                (draft.currency, draft.per) = (code, per);
            }
        }
        self.evidence(draft, args, folder)?;
        if args.offer.is_none() {
            let question = format!("Their offer, in {}? [none yet]", draft.unit());
            draft.offer = self.ask(&question, price)?;
        }
        if args.alternative.is_none() {
            let question =
                format!("What is {} worth, in {}? [not known yet]", draft.fallback(), draft.unit());
            draft.alternative = self.ask(&question, price)?;
        }
        Ok(())
    }

    fn evidence(&mut self, draft: &mut Draft, args: &Init, folder: &Path) -> io::Result<()> {
        if args.evidence.is_none() {
            let question = format!("A file of evidence, such as {}? [none yet]", draft.example());
            draft.evidence = self.ask(&question, |text| evidence(Path::new(text), folder, None))?;
        }
        if args.words.is_none() && draft.evidence.is_some() {
            let question = "Words in the titles of comparable rows? [all rows count]";
            draft.words = self.ask(question, |text| Ok(text.to_owned()))?;
        }
        Ok(())
    }

    /// Asks until the answer can be read; `None` for an empty one and at the end of the input.
    fn ask<T>(
        &mut self,
        question: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> io::Result<Option<T>> {
        loop {
            write!(self.talk, "{question} ")?;
            self.talk.flush()?;
            let mut line = String::new();
            let end = self.input.read_line(&mut line)? == 0;
            match line.trim() {
                "" if end => return writeln!(self.talk).map(|()| None),
                "" => return Ok(None),
                answer => match read(answer) {
                    Ok(value) => return Ok(Some(value)),
                    Err(why) => writeln!(self.talk, "  {why}")?,
                },
            }
        }
    }
}

/// `USD/year`; a currency alone leaves the unit as it is.
fn unit(text: &str, usual: &str) -> Result<(String, String), String> {
    let (code, per) = text.split_once('/').unwrap_or((text, usual));
    let per = per.trim();
    if per.is_empty() {
        return Err(format!("`{text}`, expected a currency and a unit such as `USD/year`"));
    }
    Ok((currency(code.trim())?, per.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Args, Command};
    use clap::Parser;
    use haggle_quantity::Date;

    fn asked(flags: &str, answers: &str) -> (String, String) {
        let command = format!("haggle init {flags}");
        let Some(Command::Init(args)) = Args::parse_from(command.split_whitespace()).command else {
            panic!("no init");
        };
        let mut draft = Draft::of(args.kind, Date::constant(2026, 11, 23));
        let mut dialogue = Dialogue { input: answers.as_bytes(), talk: Vec::new() };
        dialogue.complete(&mut draft, &args, Path::new("")).unwrap();
        (draft.text(), String::from_utf8(dialogue.talk).unwrap())
    }

    #[test]
    fn answers_become_the_deal_and_nonsense_is_asked_again() {
        let answers =
            "Nurse \"A\", Leeds\nPounds\nGBP/hour\nno-such-file.csv\n\n112,000\n24.50\n\n";
        let (text, talk) = asked("salary", answers);
        let deal = haggle_negotiation::deal::parse(&text, None).deal.unwrap();
        assert_eq!(deal.title, "Nurse \"A\", Leeds");
        assert_eq!(
            (deal.currency.to_string(), deal.per.to_string()),
            ("GBP".into(), "hour".into())
        );
        assert_eq!(deal.offer.unwrap().amount.to_string(), "24.50");
        assert_eq!((deal.alternatives.len(), deal.sources.len()), (0, 0));
        for refused in ["`Pounds`", "no-such-file.csv", "`112,000`"] {
            assert!(talk.contains(refused), "{talk}");
        }
    }

    #[test]
    fn a_currency_alone_keeps_the_unit() {
        let (text, _) = asked("salary", "\nEUR\n\n\n\n");
        assert!(
            text.contains("currency = \"EUR\"") && text.contains("per      = \"year\""),
            "{text}"
        );
    }

    #[test]
    fn what_flags_say_is_not_asked() {
        let flags = "purchase --currency EUR --offer 100 --alternative 90 --title X";
        let (text, talk) = asked(flags, "");
        assert_eq!(talk.matches('?').count(), 1, "{talk}");
        assert!(talk.starts_with("A file of evidence"), "{talk}");
        assert!(text.contains("side     = \"buyer\""), "{text}");
    }
}
