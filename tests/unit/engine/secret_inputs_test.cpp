// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/direct_spec.hpp"
#include "engine/secret_inputs.hpp"
#include "engine/spec.hpp"
#include "support/catch.hpp"
#include "support/failure.hpp"
#include "support/temp_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

using namespace thv;
using namespace thv::engine;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;

/// Secrets of the environment, and files of a home that only this test has.
struct Machine {
    test::TempFolder home;
    Environment environment{{{"HOME", home.path().string()},
                             {"XDG_RUNTIME_DIR", home.path().string()},
                             {"TOOLHIVE_SECRET_A", "value-a"},
                             {"TOOLHIVE_SECRET_B", "value-b"},
                             {"TOOLHIVE_SECRET_NUL", std::string("a\0b", 3)},
                             {"TOOLHIVE_SECRET_FITS", std::string(131'069, 'x')},
                             {"TOOLHIVE_SECRET_LONG", std::string(131'070, 'x')}}};
    secrets::EnvironmentValues values{environment};
    SecretFiles files{environment, Paths::from(environment)};
    SecretPorts ports{&values, files};

    ~Machine() { files.remove("w"); }
};

RunConfig config_with(std::vector<std::string> uses) {
    RunConfig config;
    config.name = config.base_name = config.container_name = "w";
    config.image = "img";
    config.secrets = std::move(uses);
    return config;
}

mode_t mode_of(const fs::path& path) {
    struct stat info{};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 0777U;
}

} // namespace

TEST_CASE("a secret becomes a variable of the container, over one of the same name") {
    Machine machine;
    auto config = config_with({"A,target=X", "B,target=MCP_TRANSPORT"});
    auto spec = container_spec(config, {});
    const auto before = spec["Env"].size();
    deliver(spec, secret_inputs(config, machine.ports, false));
    CHECK(spec["Env"].size() == before + 1);
    CHECK(std::ranges::count(spec["Env"], json("X=value-a")) == 1);
    CHECK(std::ranges::count(spec["Env"], json("MCP_TRANSPORT=value-b")) == 1);
    CHECK_FALSE(spec["HostConfig"].contains("Mounts"));
}

TEST_CASE("a secret that is a file is in memory, and the spec does not hold it") {
    Machine machine;
    auto config = config_with({"A,as=file,target=X", "A,as=file,target=Y", "B,as=file,target=Z"});
    auto spec = container_spec(config, {});
    deliver(spec, secret_inputs(config, machine.ports, true));
    CHECK(spec.dump().find("value-") == std::string::npos);
    CHECK(std::ranges::count(spec["Env"], json("X_FILE=/run/secrets/A")) == 1);
    CHECK(std::ranges::count(spec["Env"], json("Y_FILE=/run/secrets/A")) == 1);
    REQUIRE(spec["HostConfig"]["Mounts"].size() == 2);
    const auto& mount = spec["HostConfig"]["Mounts"][0];
    CHECK(mount["Target"] == "/run/secrets/A");
    CHECK(mount["ReadOnly"] == true);
    const fs::path source = mount["Source"].get<std::string>();
    CHECK(test::slurp(source) == "value-a");
    CHECK(mode_of(source) == 0444);
    CHECK(mode_of(source.parent_path()) == 0700);
    CHECK(mode_of(source.parent_path().parent_path()) == 0700);
    machine.files.remove("w");
    CHECK_FALSE(fs::exists(source.parent_path().parent_path()));
    machine.files.remove("w"); // what is gone is no failure
}

TEST_CASE("files are written anew, and those of other workloads stay") {
    Machine machine;
    const auto first = machine.files.write("w", {{"A", "1"}, {"B", "2"}});
    const auto other = machine.files.write("v", {{"A", "3"}});
    const auto second = machine.files.write("w", {{"A", "4"}});
    CHECK(first == second);
    CHECK(test::slurp(second / "A") == "4");
    CHECK_FALSE(fs::exists(second / "B"));
    machine.files.remove("w");
    CHECK(test::slurp(other / "A") == "3");
    machine.files.remove("v");
}

TEST_CASE("a place that somebody else has taken is not written to") {
    Machine machine;
    const auto place = machine.files.write("w", {}).parent_path();
    machine.files.remove("w");
    const test::TempFolder elsewhere;
    fs::create_directory_symlink(elsewhere.path(), place);
    CHECK(test::error_of([&] { machine.files.write("w", {{"A", "1"}}); }).fault() == Fault::denied);
    CHECK(fs::is_empty(elsewhere.path()));
    test::spill(elsewhere.path() / "w" / "file", "of somebody else");
    machine.files.remove("w");
    CHECK(fs::exists(elsewhere.path() / "w" / "file"));
    fs::remove(place);
    fs::create_directory(place);
    ::chmod(place.c_str(), 0755);
    CHECK(test::error_of([&] { machine.files.write("w", {{"A", "1"}}); }).fault() == Fault::denied);
    fs::remove_all(place);
}

TEST_CASE("a secret that cannot be delivered is refused by its name") {
    Machine machine;
    const auto refused = [&](const std::string& use, bool local, SecretPorts ports) {
        return test::error_of([&] { secret_inputs(config_with({use}), ports, local); });
    };
    CHECK(refused("A,as=file,target=X", false, machine.ports).fault() == Fault::unsupported);
    CHECK_THAT(refused("NONE,target=X", true, machine.ports).message(), ContainsSubstring("'NONE'"));
    CHECK(refused("NONE,target=X", true, machine.ports).fault() != Fault::not_found); // which would mean the image
    CHECK(refused("NUL,target=X", true, machine.ports).message() ==
          "the secret 'NUL' holds a NUL, which no variable can");
    CHECK(refused("LONG,target=X", true, machine.ports).message() ==
          "the secret 'LONG' is longer than a variable can be");
    CHECK(secret_inputs(config_with({"FITS,target=X"}), machine.ports, true).environment.size() == 1);
    CHECK(secret_inputs(config_with({"NUL,as=file,target=X"}), machine.ports, true).mounts.size() == 1);
    CHECK(secret_inputs(config_with({}), {}, true).environment.empty());
}

TEST_CASE("a fingerprint tells which secrets a container has, and nothing of their values") {
    const json image{{"Id", "sha256:1"}, {"Config", {{"Entrypoint", {"/server"}}}}};
    const auto fingerprint = [&](std::vector<std::string> uses) {
        const auto config = config_with(std::move(uses));
        return direct_spec(config, container_spec(config, {}), image, "/folder")->fingerprint;
    };
    CHECK(fingerprint({"A,target=X"}) == fingerprint({"A,target=X"}));
    CHECK(fingerprint({"A,target=X"}) != fingerprint({"B,target=X"}));
    CHECK(fingerprint({"A,target=X"}) != fingerprint({"A,as=file,target=X"}));
    CHECK(fingerprint({"A,target=X"}) != fingerprint({}));
}
