//! Texts the model is read from, and places in them.

/// The index of a file in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u16);

/// A stretch of one file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// No place in any text, for faults of the call and not of a sheet.
    pub const NOWHERE: Span = Span { file: FileId(u16::MAX), start: 0, end: 0 };

    /// The stretch from the start of `self` to the end of `other`, in the same file.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty stretch where `self` ends.
    #[must_use]
    pub fn after(self) -> Span {
        Span { file: self.file, start: self.end, end: self.end }
    }
}

/// One text: a sheet or a table.
#[derive(Clone, Debug)]
pub struct File {
    /// The path from the root of the model, with `/` between folders.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl File {
    /// Whether the path has this extension.
    #[must_use]
    pub fn ends_in(&self, extension: &str) -> bool {
        std::path::Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }
}

/// Every text a model is read from. The caller hands them in: no file system is touched here.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<File>,
}

impl Sources {
    /// The largest text accepted, in bytes.
    pub const LARGEST_TEXT: usize = 16 << 20;
    /// The most texts accepted.
    pub const MOST_FILES: usize = 10_000;

    /// Adds a text under its path from the root of the model.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.push(File { path: path.into(), text: text.into() });
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// All texts from pairs of path and text, in the order of their paths.
    #[must_use]
    pub fn from_pairs<P: Into<String>, T: Into<String>>(pairs: impl IntoIterator<Item = (P, T)>) -> Sources {
        let mut files: Vec<File> =
            pairs.into_iter().map(|(path, text)| File { path: path.into(), text: text.into() }).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Sources { files }
    }

    /// Every file with its identifier, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &File)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u16), file))
    }

    /// The file behind an identifier.
    #[must_use]
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// The file at a path from the root of the model.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|index| FileId(index as u16))
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The text of a stretch.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text[span.start as usize..span.end as usize]
    }

    /// The line, counted from one, on which a stretch begins.
    #[must_use]
    pub fn line(&self, span: Span) -> usize {
        self.file(span.file).text[..span.start as usize].matches('\n').count() + 1
    }
}
