//! An HTTP server that greets: `GET /greet/NAME`. Says on stdout where it listens, and ends with stdin.

use axum::{Router, extract::Path, routing::get};

#[derive(Debug)]
pub struct Greeting {
    pub name: String,
    pub length: usize,
}

#[inline(never)]
pub fn greeting(name: String) -> Greeting {
    let length = name.len();
    Greeting { name, length }
}

async fn greet(Path(name): Path<String>) -> String {
    let Greeting { name, length } = greeting(name);
    format!("hello {name} ({length})\n")
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("its address"));
    std::thread::spawn(|| {
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).expect("stdin");
        std::process::exit(0);
    });
    axum::serve(listener, Router::new().route("/greet/{name}", get(greet))).await.expect("serves");
}
