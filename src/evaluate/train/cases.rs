//! The searches that the training learns from: judged questions in several corpora and wordings.

use std::error::Error;

use rayon::prelude::*;

use super::kinds::{CorpusKind, Wording};
use super::wordings;
use crate::evaluate::judgments::{JudgedArticle, JudgedQuestion};
use crate::evaluate::testbed::{self, Testbed};
use crate::library::{Library, LibraryError};
use crate::search::query::Query;
use crate::search::{self, Mode, Ranking};

/// A file of judged questions.
pub struct TrainingFile {
    /// The name of its metrics, before that of the corpus; empty for the only file.
    pub name: String,
    pub articles: Vec<JudgedArticle>,
    /// Whether the questions are in another language than the articles.
    pub is_translated: bool,
}

/// A question to a corpus, with the result of the search.
pub struct Case {
    pub judged: JudgedQuestion,
    pub query: Query,
    pub ranking: Ranking,
    /// The position of the file that the question is from.
    pub file: usize,
    /// The position of the article that the question is about. Cross-validation leaves both out
    /// together.
    pub article: usize,
    pub corpus: CorpusKind,
    pub wording: Wording,
}

/// Minimum number of passages of an article that is asked in a corpus of its own. An index of a
/// shorter article costs more than its questions teach.
const MIN_OWN_PASSAGES: usize = 3;

/// Searches for every question of the file at a position: in the corpus of its article, in the
/// corpus of all articles and, as an unanswerable question, in a corpus without its article.
pub fn add(
    cases: &mut Vec<Case>,
    position: usize,
    file: &TrainingFile,
    testbed: &Testbed<'_>,
) -> Result<(), Box<dyn Error>> {
    let (file, articles, is_translated) = (position, &file.articles, file.is_translated);
    let all: Vec<_> = articles.iter().collect();
    let pool = testbed.library(&all, "all")?;
    let search = |library: &Library, article, corpus, wording, judged: Vec<JudgedQuestion>| {
        let search = |judged: JudgedQuestion| {
            let (query, ranking) =
                library.all().search(&judged.question, None, search::MAX_HITS)?;
            Ok::<_, LibraryError>(Case { judged, query, ranking, file, article, corpus, wording })
        };
        judged.into_par_iter().map(search).collect::<Result<Vec<_>, _>>()
    };
    for range in testbed::left_out(articles.len()).filter(|_| articles.len() > 1) {
        let others = [&all[..range.start], &all[range.end..]].concat();
        let rest = testbed.library(&others, &format!("without-{}", range.start))?;
        for article in range {
            let own = articles[article].questions.iter();
            let unanswerable = own.map(JudgedQuestion::to_unanswerable).collect();
            let wording = Wording::Original;
            cases.extend(search(&rest, article, CorpusKind::Pooled, wording, unanswerable)?);
        }
    }
    for (position, article) in articles.iter().enumerate() {
        let mut questions = article.questions.clone();
        let wording = Wording::Original;
        cases.extend(search(&pool, position, CorpusKind::Pooled, wording, questions.clone())?);
        if article.paragraphs.len() < MIN_OWN_PASSAGES {
            continue;
        }
        let own = testbed.library(&[article], &position.to_string())?;
        let corpus = CorpusKind::OneArticle;
        questions.extend(testbed::unanswerable(articles, position));
        cases.extend(search(&own, position, corpus, wording, questions.clone())?);
        // Lexical search cannot find a paraphrase, so paraphrases would only distort its weights.
        // The other wordings are made of English questions.
        if testbed.mode() == Mode::Lexical || is_translated {
            continue;
        }
        let reworded = |reword: fn(&str) -> Option<String>| -> Vec<_> {
            let reworded = questions.iter().map(|judged| {
                Some(JudgedQuestion { question: reword(&judged.question)?, ..judged.clone() })
            });
            reworded.flatten().collect()
        };
        for (wording, judged) in [
            (Wording::Paraphrased, reworded(wordings::paraphrase)),
            (Wording::Keywords, reworded(wordings::keywords)),
            (Wording::Name, wordings::names(articles, position)),
        ] {
            cases.extend(search(&own, position, corpus, wording, judged)?);
        }
    }
    Ok(())
}
