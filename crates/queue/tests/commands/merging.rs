//! The merge driver, and other ids.

use crate::repo::{QUEUE, Repo};

#[test]
fn merges_as_git_calls_it() {
    let repo = Repo::new("{\"id\":\"A\",\"title\":\"a\",\"status\":\"todo\"}\n");
    let base = repo.queue();
    let side = |name: &str, text: &str| repo.write(name, text);
    let run = || {
        let path = |name: &str| repo.root().join(name).to_str().unwrap().to_owned();
        repo.run(&[
            "merge",
            &path("o"),
            &path("a"),
            &path("b"),
            "ops/queue.jsonl",
        ])
    };
    side("o", &base);
    side("a", &base.replace("todo", "doing"));
    side("b", &base.replace("\"a\"", "\"b\""));
    assert_eq!(run().code, 0);
    assert_eq!(
        repo.read("a"),
        "{\"id\":\"A\",\"title\":\"b\",\"status\":\"doing\"}\n"
    );

    let added = |title: &str| format!("{base}{{\"id\":\"B-1\",\"title\":\"{title}\"}}\n");
    side("a", &added("x"));
    side("b", &added("y"));
    let ran = run();
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("queue/id-collision"), "{}", ran.stdout);
    assert!(ran.stdout.contains("`B-2`"), "{}", ran.stdout);
    assert!(
        repo.read("a")
            .contains("<<<<<<< ours\n{\"id\":\"B-1\",\"title\":\"x\"}\n=======\n")
    );

    // Two clean sides that form a circle.
    let two = "{\"id\":\"A\",\"dependencies\":[]}\n{\"id\":\"B\",\"dependencies\":[]}\n";
    side("o", two);
    side("a", &two.replacen("[]", "[\"B\"]", 1));
    side(
        "b",
        "{\"id\":\"A\",\"dependencies\":[]}\n{\"id\":\"B\",\"dependencies\":[\"A\"]}\n",
    );
    let ran = run();
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("form a cycle: A -> B -> A"),
        "{}",
        ran.stdout
    );

    // What is left of an earlier conflict is not eaten.
    side("b", "<<<<<<< x\n{\"id\":\"A\"}\n");
    let ran = run();
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr
            .contains("their side has a conflict marker on line 1"),
        "{}",
        ran.stderr
    );
    assert!(repo.read("a").contains("<<<<<<<"), "{}", repo.read("a"));
}

#[test]
fn installs_its_driver() {
    let repo = Repo::new(QUEUE);
    repo.exits(2, &["install-merge-driver"]);
    repo.git(&["init", "-q", "-b", "main"]);
    repo.exits(1, &["install-merge-driver", "--check"]);
    repo.exits(0, &["install-merge-driver"]);
    repo.exits(0, &["install-merge-driver", "--check"]);
    assert_eq!(
        repo.read(".gitattributes"),
        "/ops/queue.jsonl merge=queue text eol=lf\n"
    );
    assert_eq!(
        repo.git(&["config", "merge.queue.driver"]),
        "queue merge %O %A %B %P\n"
    );
}

#[test]
fn renumbers_everywhere() {
    let repo = Repo::new(
        "{\"id\": \"W-1\", \"status\": \"todo\"}\n{\"id\": \"W-2\", \"status\": \"todo\", \"follow_ups\": [\"W-1\"], \"note\": \"W-1\"}\n",
    );
    repo.write("ops/por.json", "{\"items\": [{\"id\": \"W-1\", \"title\": \"a\"}, {\"id\": \"W-2\", \"title\": \"b\", \"dependencies\": [\"W-1\"]}], \"verticals\": [{\"id\": \"V-1\", \"title\": \"v\", \"wbs\": [\"W-1\"]}]}");
    repo.exits(0, &["renumber", "W-1", "W-9"]);
    assert_eq!(
        repo.queue(),
        "{\"id\": \"W-9\", \"status\": \"todo\"}\n{\"id\": \"W-2\", \"status\": \"todo\", \"follow_ups\": [\"W-9\"], \"note\": \"W-1\"}\n"
    );
    let por = repo.read("ops/por.json");
    assert_eq!(por.matches("W-9").count(), 3, "{por}");
    repo.exits(2, &["renumber", "W-9", "W-02"]);
    repo.exits(2, &["renumber", "W-8", "W-3"]);

    // Of two, the newer one goes, and references stay with the older.
    let twice = Repo::new(
        "{\"id\":\"W-1\",\"title\":\"a\",\"status\":\"todo\"}\n{\"id\":\"W-2\",\"title\":\"b\",\"status\":\"todo\",\"dependencies\":[\"W-1\"]}\n{\"id\":\"W-1\",\"title\":\"c\",\"status\":\"todo\"}\n",
    );
    twice.exits(0, &["renumber", "W-1", "W-3"]);
    assert_eq!(
        twice.exits(0, &["list"]).stdout,
        "W-1  ready    -  a\nW-2  waiting  -  b\nW-3  ready    -  c\n"
    );
}
