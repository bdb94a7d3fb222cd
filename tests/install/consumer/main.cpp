// A program that uses the installed library: aligns a text from four threads at once.
#include <gesta/database.h>

#include <array>
#include <iostream>
#include <string>
#include <thread>

namespace {

gesta::Result<std::string> BestVerb(gesta::Database& database, const std::string& text) {
  const auto connection = database.Connect();  // a connection belongs to one thread
  auto statement = connection->Prepare(
      "ALIGN $text TO (v:Verb) USING lexical TOP 1 YIELD score RETURN v.lemma, score");
  if (!statement.ok()) return statement.status();
  std::string lemma;
  for (int i = 0; i < 100; ++i) {
    auto result = (*statement)->Execute({{"text", gesta::Value::String(text)}});
    if (!result.ok()) return result.status();
    auto rows = (*result)->FetchAll();
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return std::string("nothing");
    lemma = std::string(rows->front().front().AsString());
  }
  return lemma;
}

gesta::Status Run(const std::string& path) {
  auto database = gesta::Database::Open(path);
  if (!database.ok()) return database.status();
  auto created = (*database)->Connect()->Execute(
      "UNWIND [['throw', 'send through the air'], ['walk', 'go on foot']] AS verb "
      "CREATE (:Verb {lemma: verb[0], definition: verb[1]})");
  if (!created.ok()) return created.status();

  std::array<std::string, 4> answers;
  std::array<std::thread, 4> threads;
  for (size_t i = 0; i < threads.size(); ++i) {
    threads[i] = std::thread([&, i] {
      const auto verb = BestVerb(**database, "throwing a ball");
      answers[i] = verb.ok() ? *verb : verb.status().ToString();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& answer : answers) {
    if (answer != answers[0]) return gesta::Status(gesta::StatusCode::kInternal, "threads differ");
  }
  std::cout << answers.size() << " threads agree: " << answers[0] << "\n";
  return gesta::Status::Ok();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const gesta::Status status = Run(argv[1]);
  if (status.ok()) return 0;
  std::cerr << status.ToString() << "\n";
  return 1;
}
