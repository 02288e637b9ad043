// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "engine/masks.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

#include <unistd.h>

#include <algorithm>

using namespace thv;
using namespace thv::engine;
namespace fs = std::filesystem;

using Names = std::vector<std::string>;

namespace {

/// A folder with these files; those whose content starts with "->" are links.
struct Tree {
    explicit Tree(const std::vector<std::pair<std::string, std::string>>& files) {
        for (const auto& [path, content] : files) {
            fs::create_directories((folder.path() / path).parent_path());
            if (content.starts_with("->"))
                fs::create_symlink(content.substr(2), folder.path() / path);
            else
                test::spill(folder.path() / path, content);
        }
    }
    std::vector<std::string> hidden(const std::string& global_rules = "") const {
        std::vector<std::string> names;
        for (const auto& path : hidden_in(folder.path(), global_rules))
            names.push_back(path.string());
        return names;
    }
    test::TempFolder folder;
};

} // namespace

TEST_CASE("without rules nothing is hidden") {
    CHECK(Tree{{{".env", "x"}, {"a/b", "x"}}}.hidden().empty());
    CHECK(Tree{{{"a/.thvignore", "b"}, {"a/b", "x"}}}.hidden().empty()); // which is not looked through
    CHECK(Tree{{{".thvignore", ""}, {"a/.thvignore", "b"}, {"a/b", "x"}}}.hidden() ==
          Names{".thvignore", "a/.thvignore", "a/b"});
}

TEST_CASE("what an ignore file names is hidden at any depth, and the file itself") {
    const Tree tree{
        {{".thvignore", ".env\nkeys/\n"}, {".env", "x"}, {"a/b/.env", "x"}, {"a/keys/k", "x"}, {"a/c", ""}}};
    CHECK(tree.hidden() == Names{".env", ".thvignore", "a/b/.env", "a/keys"});
}

TEST_CASE("the user's own rules count first, and a folder's file can take back what they hide") {
    const Tree tree{{{".thvignore", "!keep.pem\n"}, {"keep.pem", ""}, {"other.pem", ""}}};
    CHECK(tree.hidden("*.pem") == Names{".thvignore", "other.pem"});
}

TEST_CASE("ignore files of folders further down count from there on") {
    const Tree tree{{{".thvignore", "*.key\n"},
                     {"a/.thvignore", "/x\n!y.key\n"},
                     {"a/x", ""},
                     {"a/y.key", ""},
                     {"a/b/x", ""},
                     {"x", ""},
                     {"z.key", ""}}};
    CHECK(tree.hidden() == Names{".thvignore", "a/.thvignore", "a/x", "z.key"});
}

TEST_CASE("nothing in a hidden folder is looked at, and nothing in it can be taken back") {
    const Tree tree{{{".thvignore", "closed/\n!closed/open\n"}, {"closed/open", ""}, {"closed/.thvignore", "x"}}};
    CHECK(tree.hidden() == Names{".thvignore", "closed"});
}

TEST_CASE("a hidden link hides what it leads to in the same folder, and nothing elsewhere") {
    const Tree tree{{{".thvignore", "link*\n"},
                     {"real", ""},
                     {"link1", "->real"},
                     {"link2", "->/etc/passwd"},
                     {"link3", "->nowhere"},
                     {"loop/self", "->.."}}};
    CHECK(tree.hidden() == Names{".thvignore", "real"});
}

TEST_CASE("more than a container can be given is refused, with what to do") {
    std::vector<std::pair<std::string, std::string>> files{{".thvignore", "*.k\n"}};
    for (int number = 0; number < 1001; ++number)
        files.emplace_back(std::to_string(number) + ".k", "");
    CHECK_THROWS_WITH(Tree{files}.hidden(), ContainsSubstring("more than 1000 files"));
}

TEST_CASE("what cannot be read is not mounted") {
    const Tree tree{{{"closed/x", ""}}};
    fs::create_directory(tree.folder.path() / ".thvignore"); // a folder where rules should be
    CHECK_THROWS_AS(tree.hidden(), Error);
}

TEST_CASE("masks cover files by an empty file and folders by an empty folder, read-only") {
    const Tree tree{{{".thvignore", ".env\nkeys/\n"}, {".env", "x"}, {"keys/k", "x"}}};
    test::TempFolder own;
    const auto covers = own.path() / "covers";
    const auto source = tree.folder.path().string();
    const auto masks =
        masks_for({{.source = source, .target = "/data"}, {.source = source + "/.env", .target = "/f"}}, "", covers);
    REQUIRE(masks.size() == 3);
    CHECK(masks[0] == Mount{.source = covers / "file", .target = "/data/.env", .read_only = true});
    CHECK(masks[1] == Mount{.source = covers / "file", .target = "/data/.thvignore", .read_only = true});
    CHECK(masks[2] == Mount{.source = covers / "folder", .target = "/data/keys", .read_only = true});
    CHECK(fs::file_size(covers / "file") == 0);
    CHECK(fs::is_empty(covers / "folder"));
    CHECK_THROWS_AS(masks_for({{.source = source, .target = "/data"}}, "", ""), Error);
    CHECK(masks_for({{.source = own.path(), .target = "/data"}}, "", covers).empty());
}
