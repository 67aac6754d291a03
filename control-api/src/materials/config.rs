//! How much of files a school takes.

use lectern_platform::config::ConfigError;
use serde::Deserialize;

/// What Azure takes in one `PUT`: 5,000 MiB.
const PUT_BYTES_MAX: u64 = 5_000 << 20;

/// The keys of `[materials]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaterialsConfig {
    /// A file that is no video, in bytes. Default 200 MiB.
    pub file_bytes_max: u64,
    /// A lesson's video, in bytes, 5,000 MiB at most. Default 4 GiB.
    pub video_bytes_max: u64,
    /// Files of one lesson beside its video. Default 50.
    pub per_lesson_max: u32,
    /// All files of one course, in bytes. Default 100 GiB.
    pub course_bytes_max: u64,
    /// How long an upload may take, seconds: so long its address is good. 60 to 86400. Default 7,200.
    pub upload_s: u32,
    /// How long a file's address is good, seconds, 10 to 86400. Default 300.
    pub address_s: u32,
    /// How long a video's address is good, seconds, 60 to 86400: players fetch it piece by piece. Default 14,400.
    pub video_address_s: u32,
    /// Whether recorders package videos for streaming. Default true.
    pub package_videos: bool,
}

impl Default for MaterialsConfig {
    fn default() -> Self {
        Self {
            file_bytes_max: 200 << 20,
            video_bytes_max: 4 << 30,
            per_lesson_max: 50,
            course_bytes_max: 100 << 30,
            upload_s: 7_200,
            address_s: 300,
            video_address_s: 14_400,
            package_videos: true,
        }
    }
}

impl MaterialsConfig {
    /// Looks at everything that a type cannot express.
    ///
    /// # Errors
    /// The key, and what it may be.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        for (key, value, least, most) in [
            ("materials.file_bytes_max", self.file_bytes_max, 1, PUT_BYTES_MAX),
            ("materials.video_bytes_max", self.video_bytes_max, 1, PUT_BYTES_MAX),
            ("materials.per_lesson_max", self.per_lesson_max.into(), 1, 200),
            ("materials.course_bytes_max", self.course_bytes_max, 1, 1 << 50),
            ("materials.upload_s", self.upload_s.into(), 60, 86_400),
            ("materials.address_s", self.address_s.into(), 10, 86_400),
            ("materials.video_address_s", self.video_address_s.into(), 60, 86_400),
        ] {
            if !(least..=most).contains(&value) {
                return Err(ConfigError::rejected(key, format!("{least} to {most}")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_limits() {
        MaterialsConfig::default().validate().unwrap();
        for wrong in [
            MaterialsConfig { file_bytes_max: 0, ..MaterialsConfig::default() },
            MaterialsConfig { video_bytes_max: PUT_BYTES_MAX + 1, ..MaterialsConfig::default() },
            MaterialsConfig { per_lesson_max: 201, ..MaterialsConfig::default() },
            MaterialsConfig { upload_s: 86_401, ..MaterialsConfig::default() },
            MaterialsConfig { address_s: 9, ..MaterialsConfig::default() },
        ] {
            assert!(wrong.validate().is_err(), "{wrong:?}");
        }
    }
}
