"""Kuzu's side of the vector benchmark: reads the generated data, prints one JSON object.

Usage: kuzu_vectors.py FOLDER  (params.json, vectors.f32, queries.f32, flags.u8, truth.json)
"""
import array
import csv
import json
import os
import shutil
import sys
import time
import warnings

import kuzu

warnings.simplefilter("ignore", DeprecationWarning)
EFS = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]
# A pass over the queries ends after this time, and its rate and recall are those of the queries
# until then: filtered searches may need a tenth of a second each.
PASS_SECONDS = 5
LEAST_QUERIES = 20


def rows(path, dimension):
    data = array.array("f")
    with open(path, "rb") as file:
        data.frombytes(file.read())
    return [data[i : i + dimension].tolist() for i in range(0, len(data), dimension)]


def tell(what, seconds):
    print(f"Kuzu: {what} {seconds:.1f} s", file=sys.stderr, flush=True)


def recall(found, right):
    hits = sum(len(set(f) & set(r)) for f, r in zip(found, right))
    return hits / max(1, sum(len(r) for _, r in zip(found, right)))


def main():
    folder = sys.argv[1]
    with open(folder + "/params.json") as file:
        params = json.load(file)
    with open(folder + "/truth.json") as file:
        truth = json.load(file)
    dimension, k = params["dimension"], params["k"]
    vectors = rows(folder + "/vectors.f32", dimension)
    queries = rows(folder + "/queries.f32", dimension)
    with open(folder + "/flags.u8", "rb") as file:
        flags = file.read()  # bit 0: Half, 1: Twentieth, 2: Rare; bits 4 and up: the group
    path = folder + "/kuzu"
    for suffix in ("", ".wal"):
        if os.path.isdir(path + suffix):
            shutil.rmtree(path + suffix)
        elif os.path.exists(path + suffix):
            os.remove(path + suffix)
    database = kuzu.Database(path, buffer_pool_size=4 << 30, max_num_threads=2)
    connection = kuzu.Connection(database, num_threads=2)
    connection.execute("INSTALL vector")
    connection.execute("LOAD EXTENSION vector")
    connection.execute(
        f"CREATE NODE TABLE V (id INT64, half BOOL, twentieth BOOL, rare BOOL, team INT64, "
        f"e FLOAT[{dimension}], PRIMARY KEY (id))"
    )
    table = folder + "/vectors.csv"
    with open(table, "w", newline="") as file:
        out = csv.writer(file)
        for i, vector in enumerate(vectors):
            flag = flags[i]
            bits = [bool(flag & 1), bool(flag & 2), bool(flag & 4), flag >> 4]
            out.writerow([i, *bits, "[" + ",".join(map(repr, vector)) + "]"])
    started = time.perf_counter()
    connection.execute(f'COPY V FROM "{table}" (HEADER=false, PARALLEL=false)')
    answer = {"version": kuzu.__version__, "store": time.perf_counter() - started}
    os.remove(table)
    tell("stored the vectors in", answer["store"])
    started = time.perf_counter()
    connection.execute(
        f"CALL CREATE_VECTOR_INDEX('V', 'i', 'e', mu := {params['m']}, ml := {2 * params['m']}, "
        f"efc := {params['ef_construction']}, metric := 'cosine')"
    )
    answer["build"] = time.perf_counter() - started
    tell("built the index in", answer["build"])

    conditions = {"Half": "n.half", "Twentieth": "n.twentieth", "Rare": "n.rare"}
    for name, condition in conditions.items():
        connection.execute(
            f"CALL PROJECT_GRAPH_CYPHER('{name}', 'MATCH (n:V) WHERE {condition} RETURN n')"
        )
    for team in range(params["groups"]):
        connection.execute(
            f"CALL PROJECT_GRAPH_CYPHER('Not{team}', "
            f"'MATCH (n:V) WHERE n.team <> {team} RETURN n')"
        )

    def measure(graph_of, right):
        for efs in EFS:
            statements = {}
            found = []
            started = time.perf_counter()
            for q, query in enumerate(queries):
                graph = graph_of(q)
                if graph not in statements:
                    statements[graph] = connection.prepare(
                        f"CALL QUERY_VECTOR_INDEX('{graph}', 'i', $q, {k}, efs := {efs}) "
                        "RETURN node.id, distance"
                    )
                result = connection.execute(statements[graph], {"q": query})
                found.append([row[0] for row in result.get_all()])
                if q + 1 >= LEAST_QUERIES and time.perf_counter() - started > PASS_SECONDS:
                    break
            seconds = time.perf_counter() - started
            reached = recall(found, right)
            if reached >= params["recall"] or efs == EFS[-1]:
                return {"rate": len(found) / seconds, "recall": reached, "ef": efs}

    answer["searches"] = []
    for filter, right in zip(params["filters"], truth):
        graph_of = lambda q, label=filter["label"]: label or "V"
        if filter["by_group"]:
            teams = params["query_groups"]
            graph_of = lambda q: f"Not{teams[q]}"
        started = time.perf_counter()
        try:
            answer["searches"].append(measure(graph_of, right))
        except RuntimeError as error:
            answer["searches"].append({"error": str(error)})
        name = "other groups" if filter["by_group"] else filter["label"] or "all"
        tell(f"searched ({name}) for", time.perf_counter() - started)

    changes = params["changes"]
    try:
        statement = connection.prepare(
            "CREATE (:V {id: $id, half: false, twentieth: false, rare: false, team: 0, e: $e})"
        )
        started = time.perf_counter()
        connection.execute("BEGIN TRANSACTION")
        for i in range(changes):
            connection.execute(statement, {"id": len(vectors) + i, "e": queries[i % len(queries)]})
        connection.execute("COMMIT")
        answer["insert"] = time.perf_counter() - started
        statement = connection.prepare("MATCH (n:V {id: $id}) DELETE n")
        started = time.perf_counter()
        connection.execute("BEGIN TRANSACTION")
        for i in range(changes):
            connection.execute(statement, {"id": len(vectors) + i})
        connection.execute("COMMIT")
        answer["delete"] = time.perf_counter() - started
    except RuntimeError as error:
        answer["error"] = str(error)
    print(json.dumps(answer))


main()
