use std::time::Duration;

use zstd::stream::raw::CParameter;

use super::server::{Server, Step, answer, open_ended};
use super::{client, settings};
use crate::{Client, Error, Fetch, Limits, Settings};

fn pack(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

async fn serve(packed: Vec<u8>) -> Server {
    Server::start(move |_| answer(200, "Content-Encoding: zstd\r\n", &packed)).await
}

async fn read(server: &Server, limit: u64) -> Result<Vec<u8>, Error> {
    let mut streamed = client()
        .stream(Fetch::new(server.url("/")).at_most(limit))
        .await?;
    let mut whole = Vec::new();
    while let Some(piece) = streamed.chunk().await? {
        assert!(!piece.is_empty());
        whole.extend_from_slice(&piece);
    }
    Ok(whole)
}

#[tokio::test]
async fn packed_plain_and_many_framed_streams_read_the_same() {
    let text: Vec<u8> = (0..200_000u32).flat_map(u32::to_le_bytes).collect();
    let (left, right) = text.split_at(300_000);
    let frames = [pack(left), pack(b""), pack(right)].concat();
    for packed in [pack(&text), frames] {
        let server = serve(packed).await;
        assert!(read(&server, 800_000).await.unwrap() == text);
        let head = server.requests.lock().unwrap()[0].clone();
        assert!(head.contains("accept-encoding: zstd"), "{head}");
    }
    let plain = text.clone();
    let server = Server::start(move |_| answer(200, "", &plain)).await;
    assert!(read(&server, 800_000).await.unwrap() == text);
    assert!(read(&serve(pack(b"")).await, 0).await.unwrap().is_empty());
    assert!(read(&serve(Vec::new()).await, 0).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_zstd_bomb_is_counted_unpacked() {
    let bomb = pack(&vec![0; 300 << 20]);
    assert!(bomb.len() < 100_000, "{} bytes on the wire", bomb.len());
    let error = read(&serve(bomb).await, 1 << 20).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::TooLarge {
                limit: 1_048_576,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_stream_cut_short_or_damaged_is_no_end() {
    let packed = pack(&[7; 100_000]);
    let mut damaged = packed.clone();
    damaged[6] ^= 0xff;
    for bytes in [
        packed[..packed.len() - 1].to_vec(),
        packed[..3].to_vec(),
        damaged,
        b"plain text".to_vec(),
    ] {
        let error = read(&serve(bytes).await, 1 << 20).await.unwrap_err();
        assert!(matches!(error, Error::BadEncoding { .. }), "{error}");
    }
}

/// A frame of three bytes whose reader must set aside 2^`log` bytes.
fn with_window(log: u32) -> Vec<u8> {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    encoder.set_parameter(CParameter::WindowLog(log)).unwrap();
    std::io::Write::write_all(&mut encoder, &[1, 2, 3]).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_frame_that_wants_a_window_above_8_mib_is_refused() {
    assert_eq!(
        read(&serve(with_window(23)).await, 3).await.unwrap(),
        [1, 2, 3]
    );
    for log in [24, 27] {
        let error = read(&serve(with_window(log)).await, 3).await.unwrap_err();
        assert!(matches!(error, Error::BadEncoding { .. }), "{error}");
    }
}

#[tokio::test]
async fn what_waits_inside_the_decoder_is_read_to_the_end() {
    for size in [
        1, 65_535, 65_536, 65_537, 100_000, 131_071, 131_072, 131_073, 262_144,
    ] {
        let zeros = vec![0; size];
        let read = read(&serve(pack(&zeros)).await, size as u64).await;
        assert!(read.is_ok_and(|whole| whole == zeros), "{size}");
    }
}

#[tokio::test]
async fn lines_come_one_by_one_and_have_a_longest() {
    let long = "z".repeat(150_000);
    let text = format!("{{\"a\":1}}\n\n{long}\nlast");
    let server = serve(pack(text.as_bytes())).await;
    let mut streamed = client().stream(Fetch::new(server.url("/"))).await.unwrap();
    let mut lines = Vec::new();
    while let Some(line) = streamed.line(150_000).await.unwrap() {
        lines.push(String::from_utf8(line.to_vec()).unwrap());
    }
    assert_eq!(lines, ["{\"a\":1}", "", &long, "last"]);

    let mut streamed = client().stream(Fetch::new(server.url("/"))).await.unwrap();
    assert_eq!(streamed.line(10).await.unwrap().unwrap(), "{\"a\":1}");
    assert_eq!(streamed.line(10).await.unwrap().unwrap(), "");
    let error = streamed.line(149_999).await.unwrap_err();
    assert!(
        matches!(error, Error::LineTooLong { limit: 149_999, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn an_idle_stream_is_cut_but_a_steady_one_outlives_the_limit_of_an_answer() {
    let server = Server::start(|path| {
        let tick = [
            Step::Send(b"x\n".to_vec()),
            Step::Wait(Duration::from_millis(50)),
        ];
        let ticks = std::iter::repeat_n(tick, 20).flatten();
        let pause = (path == "/idle").then_some(Step::Wait(Duration::from_secs(30)));
        std::iter::once(open_ended(""))
            .chain(ticks)
            .chain(pause)
            .collect()
    })
    .await;
    let quick = Client::new(Settings {
        limits: Limits {
            total_time: Duration::from_millis(500),
            idle_time: Duration::from_millis(400),
            ..Limits::default()
        },
        ..settings()
    })
    .unwrap();
    for (path, complete) in [("/steady", true), ("/idle", false)] {
        let mut streamed = quick.stream(Fetch::new(server.url(path))).await.unwrap();
        for _ in 0..20 {
            assert_eq!(streamed.line(10).await.unwrap().unwrap(), "x", "{path}");
        }
        match streamed.line(10).await {
            Ok(None) => assert!(complete),
            Err(Error::Timeout { after, .. }) => {
                assert!(!complete && after == Duration::from_millis(400))
            }
            other => panic!("{path}: {other:?}"),
        }
    }
}
