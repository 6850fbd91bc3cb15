//! The binary `rustine`.

fn main() -> std::process::ExitCode {
    rustine_node::run()
}
