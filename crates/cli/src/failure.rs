//! Why a command ends early, and what the shell is told.

use std::io;

/// Why a command ends early.
#[derive(Debug)]
pub enum Failure {
    /// The call is at fault: an unknown name, a folder that is not there.
    Call {
        /// What is wrong.
        what: String,
        /// The mend.
        help: Option<String>,
    },
    /// The model is at fault; the text says where and how.
    Model(String),
    /// The command has said all: the model or a check is at fault.
    Told,
    /// Standard output does not take any more.
    Output(io::Error),
}

impl Failure {
    /// A fault of the call.
    pub fn call(what: impl Into<String>) -> Failure {
        Failure::Call { what: what.into(), help: None }
    }

    /// With what the fault is about before it.
    #[must_use]
    pub fn about(self, subject: &str) -> Failure {
        match self {
            Failure::Call { what, help } => Failure::Call { what: format!("{subject}: {what}"), help },
            other => other,
        }
    }

    /// With the mend.
    #[must_use]
    pub fn help(self, mend: impl Into<String>) -> Failure {
        match self {
            Failure::Call { what, .. } => Failure::Call { what, help: Some(mend.into()) },
            other => other,
        }
    }

    /// With the mend, where there is one.
    #[must_use]
    pub fn maybe_help(self, mend: Option<String>) -> Failure {
        match mend {
            Some(mend) => self.help(mend),
            None => self,
        }
    }

    /// What the shell is told: 1 the model or a check is at fault, 2 the call is. A reader who
    /// has seen enough (`| head`) is no fault.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Model(_) | Failure::Told => 1,
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Failure::Call { .. } | Failure::Output(_) => 2,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}
