#include "graph/cases.h"

namespace gesta::bench {
namespace {

using nlohmann::json;

std::function<json(uint64_t)> Always(json parameters) {
  return [parameters = std::move(parameters)](uint64_t) { return parameters; };
}

// $id: a person, another one each time.
std::function<json(uint64_t)> EachPerson(uint64_t seed, uint64_t persons) {
  return [=](uint64_t n) {
    Random random(seed + n);
    return json{{"id", random.Below(persons)}};
  };
}

std::function<json(uint64_t)> EachPair(uint64_t seed, uint64_t persons) {
  return [=](uint64_t n) {
    Random random(seed + n);
    return json{{"a", random.Below(persons)}, {"b", random.Below(persons)}};
  };
}

Case Query(std::string name, std::string title, std::string text, json parameters) {
  Case query;
  query.name = std::move(name);
  query.title = std::move(title);
  query.statement = std::move(text);
  query.parameters = Always(std::move(parameters));
  query.ordered = true;
  return query;
}

Case Many(std::string name, std::string title, Spelling text, size_t executions,
          std::function<json(uint64_t)> parameters) {
  Case many;
  many.name = std::move(name);
  many.title = std::move(title);
  many.statement = std::move(text);
  many.executions = executions;
  many.parameters = std::move(parameters);
  many.per_statement = true;
  many.peer_literals = many.statement.kuzu.rfind("MATCH", 0) == 0;  // finds nodes by their ids
  return many;
}

}  // namespace

std::vector<Case> ReadCases(const GraphSize& size) {
  const std::string city = CityName(0);
  const std::string country = CountryName(0);
  const std::string interest = InterestName(39);  // tennis
  std::vector<Case> cases;
  cases.push_back(Query("q1", "most followed persons",
                        "MATCH (f:Person)-[:FOLLOWS]->(p:Person) "
                        "RETURN p.id AS id, p.name AS name, count(f.id) AS followers "
                        "ORDER BY followers DESC, id LIMIT 3",
                        json::object()));
  cases.push_back(Query("q2", "city where the most followed person lives",
                        "MATCH (f:Person)-[:FOLLOWS]->(p:Person) "
                        "WITH p, count(f.id) AS followers ORDER BY followers DESC, p.id LIMIT 1 "
                        "MATCH (p)-[:LIVES_IN]->(c:City) "
                        "RETURN p.name AS name, followers, c.name AS city, c.state AS state, "
                        "c.country AS country",
                        json::object()));
  cases.push_back(
      Query("q3", "five youngest cities of a country",
            "MATCH (p:Person)-[:LIVES_IN]->(c:City)-[:CITY_IN]->(:State)-[:STATE_IN]->(o:Country) "
            "WHERE o.name = $country "
            "RETURN c.name AS city, avg(p.age) AS age ORDER BY age, city LIMIT 5",
            {{"country", country}}));
  cases.push_back(
      Query("q4", "persons between two ages, by country",
            "MATCH (p:Person)-[:LIVES_IN]->(:City)-[:CITY_IN]->(:State)-[:STATE_IN]->(o:Country) "
            "WHERE p.age >= $from AND p.age <= $to "
            "RETURN o.name AS country, count(p) AS persons ORDER BY persons DESC, country LIMIT 3",
            {{"from", 30}, {"to", 40}}));
  cases.push_back(
      Query("q5", "men with an interest in a city",
            "MATCH (p:Person)-[:HAS_INTEREST]->(i:Interest), (p)-[:LIVES_IN]->(c:City) "
            "WHERE i.name = $interest AND p.gender = $gender "
            "AND c.name = $city AND c.country = $country RETURN count(p) AS persons",
            {{"interest", interest}, {"gender", "male"}, {"city", city}, {"country", country}}));
  cases.push_back(Query("q6", "cities with the most women of an interest",
                        "MATCH (p:Person)-[:HAS_INTEREST]->(i:Interest), (p)-[:LIVES_IN]->(c:City) "
                        "WHERE i.name = $interest AND p.gender = $gender "
                        "RETURN count(p.id) AS persons, c.name AS city, c.country AS country "
                        "ORDER BY persons DESC, city LIMIT 5",
                        {{"interest", interest}, {"gender", "female"}}));
  cases.push_back(
      Query("q7", "state with the most persons of an age and an interest",
            "MATCH (p:Person)-[:LIVES_IN]->(:City)-[:CITY_IN]->(s:State), "
            "(p)-[:HAS_INTEREST]->(i:Interest) "
            "WHERE p.age >= $from AND p.age <= $to AND i.name = $interest AND s.country = $country "
            "RETURN count(p.id) AS persons, s.name AS state, s.country AS country "
            "ORDER BY persons DESC, state LIMIT 1",
            {{"from", 23}, {"to", 30}, {"interest", interest}, {"country", country}}));
  cases.push_back(Query("q8", "two-step follow paths",
                        "MATCH (a:Person)-[:FOLLOWS]->(b:Person)-[:FOLLOWS]->(c:Person) "
                        "RETURN count(*) AS paths",
                        json::object()));
  cases.push_back(Query("q9", "two-step follow paths, filtered on age",
                        "MATCH (a:Person)-[:FOLLOWS]->(b:Person)-[:FOLLOWS]->(c:Person) "
                        "WHERE b.age < $below AND c.age > $above RETURN count(*) AS paths",
                        {{"below", 50}, {"above", 25}}));

  cases.push_back(Many("empty", "RETURN $id: what a statement costs", "RETURN $id AS id", 500,
                       EachPerson(1, size.persons)));
  cases.push_back(Many("lookup", "point look-up",
                       "MATCH (p:Person {id: $id}) RETURN p.name AS name, p.age AS age", 500,
                       EachPerson(2, size.persons)));
  cases.push_back(Many("hop1", "one-hop neighbourhood",
                       "MATCH (:Person {id: $id})-[:FOLLOWS]->(b:Person) RETURN b.id AS id", 200,
                       EachPerson(3, size.persons)));
  cases.push_back(Many("hop2", "two-hop neighbourhood",
                       "MATCH (:Person {id: $id})-[:FOLLOWS]->(:Person)-[:FOLLOWS]->(c:Person) "
                       "RETURN count(DISTINCT c.id) AS persons",
                       100, EachPerson(4, size.persons)));
  cases.push_back(Many(
      "path", "shortest path of at most 6",
      Spelling("MATCH p = shortestPath((a:Person {id: $a})-[:FOLLOWS*1..6]->(b:Person {id: $b})) "
               "WHERE a <> b RETURN length(p) AS length",
               "MATCH p = (a:Person {id: $a})-[:FOLLOWS* SHORTEST 1..6]->(b:Person {id: $b}) "
               "RETURN length(p) AS length"),
      20, [=](uint64_t n) {
        json pair = EachPair(5, size.persons)(n);
        if (pair["a"] == pair["b"]) pair["b"] = (pair["b"].get<uint64_t>() + 1) % size.persons;
        return pair;
      }));
  return cases;
}

std::vector<Case> WriteCases(const GraphSize& size) {
  const std::string accounts = "MATCH (a:Account) RETURN count(*) AS n, sum(a.id) AS ids";
  std::vector<Case> cases;
  const auto account = [](uint64_t first) {
    return [first](uint64_t n) {
      return json{{"id", first + n}, {"name", "account " + std::to_string(n)}};
    };
  };
  Case node = Many("insert_node", "insert a node (synced)",
                   "CREATE (:Account {id: $id, name: $name})", 50, account(1'000'000));
  node.mode = Mode::kAutocommit;
  node.check = accounts;
  cases.push_back(node);

  Case relationship = Many("insert_rel", "insert a relationship (synced)",
                           "MATCH (a:Person {id: $a}), (b:Person {id: $b}) "
                           "CREATE (a)-[:KNOWS {since: 2020}]->(b)",
                           50, EachPair(6, size.persons));
  relationship.mode = Mode::kAutocommit;
  relationship.check =
      "MATCH (:Person)-[k:KNOWS]->(:Person) RETURN count(*) AS n, sum(k.since) AS y";
  cases.push_back(relationship);

  Case batch = Many("create_10000", "10,000 creates in one transaction",
                    "CREATE (:Account {id: $id, name: $name})", 10'000, account(2'000'000));
  batch.mode = Mode::kOneTransaction;
  batch.check = accounts;
  batch.per_statement = false;
  cases.push_back(batch);

  // Half of the rows are there already, from the second measurement on.
  Case merge = Many("merge_10000", "UNWIND … MERGE of 10,000",
                    "UNWIND $rows AS row MERGE (a:Account {id: row.id}) SET a.name = row.name", 1,
                    [](uint64_t n) {
                      json rows = json::array();
                      for (uint64_t i = 0; i < 10'000; ++i) {
                        const uint64_t id = 3'000'000 + n * 5'000 + i;
                        rows.push_back({{"id", id}, {"name", "merged " + std::to_string(n)}});
                      }
                      return json{{"rows", std::move(rows)}};
                    });
  merge.mode = Mode::kAutocommit;
  merge.check = accounts;
  cases.push_back(merge);
  return cases;
}

std::vector<std::string> GestaLoadSchema() {
  std::vector<std::string> schema;
  for (const char* label : {"Person", "City", "State", "Country", "Interest"}) {
    schema.push_back(std::string("CREATE CONSTRAINT FOR (n:") + label + ") REQUIRE n.id IS UNIQUE");
  }
  return schema;
}

std::vector<std::string> GestaWriteSchema() {
  return {"CREATE CONSTRAINT FOR (a:Account) REQUIRE a.id IS UNIQUE"};
}

std::vector<std::string> KuzuLoadSchema() {
  return {
      "CREATE NODE TABLE Person(id INT64, name STRING, age INT64, gender STRING, PRIMARY KEY(id))",
      "CREATE NODE TABLE City(id INT64, name STRING, state STRING, country STRING, "
      "PRIMARY KEY(id))",
      "CREATE NODE TABLE State(id INT64, name STRING, country STRING, PRIMARY KEY(id))",
      "CREATE NODE TABLE Country(id INT64, name STRING, PRIMARY KEY(id))",
      "CREATE NODE TABLE Interest(id INT64, name STRING, PRIMARY KEY(id))",
      "CREATE REL TABLE FOLLOWS(FROM Person TO Person)",
      "CREATE REL TABLE LIVES_IN(FROM Person TO City)",
      "CREATE REL TABLE HAS_INTEREST(FROM Person TO Interest)",
      "CREATE REL TABLE CITY_IN(FROM City TO State)",
      "CREATE REL TABLE STATE_IN(FROM State TO Country)",
  };
}

std::vector<std::string> KuzuWriteSchema() {
  return {"CREATE NODE TABLE Account(id INT64, name STRING, PRIMARY KEY(id))",
          "CREATE REL TABLE KNOWS(FROM Person TO Person, since INT64)"};
}

}  // namespace gesta::bench
