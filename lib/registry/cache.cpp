// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "registry/cache.hpp"

#include "io/files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <vector>

namespace thv::registry {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto longest_age = std::chrono::hours{24 * 7};
constexpr std::uintmax_t most_bytes = 50U << 20U;

/// The first four bytes of the SHA-256 in hexadecimal.
std::string digest_of(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), bytes.data(), &size, EVP_sha256(), nullptr) != 1)
        throw Error{Fault::internal, "SHA-256 is not available"};
    return fmt::format("{:02x}{:02x}{:02x}{:02x}", bytes[0], bytes[1], bytes[2], bytes[3]);
}

/// Negative for a file of the future: then it is not known how old it is.
Duration age_of(const fs::path& file, std::error_code& why) {
    const auto written = fs::last_write_time(file, why);
    return std::chrono::duration_cast<Duration>(fs::file_time_type::clock::now() - written);
}

bool is_ours(const fs::path& file) {
    const auto name = file.filename().string();
    return name.starts_with("registry-") && name.ends_with(".json");
}

} // namespace

fs::path Cache::file(std::string_view url) const {
    return folder_ / fmt::format("registry-{}.json", digest_of(url));
}

std::optional<Cached> Cache::read(std::string_view url) const {
    const auto path = file(url);
    std::error_code why;
    const auto age = age_of(path, why);
    if (why || age > longest_age) return std::nullopt;
    try {
        const auto text = read_file(path, largest_registry);
        if (!text) return std::nullopt;
        return Cached{.catalogue = parse_catalogue(*text, path.string()), .age = age < 0s ? Duration::max() : age};
    } catch (const Error&) {
        return std::nullopt; // it is only a copy, and is replaced by the next one
    }
}

void Cache::write(std::string_view url, const Catalogue& catalogue) const {
    auto kept = catalogue;
    if (kept.last_updated.empty()) kept.last_updated = format_rfc3339(now());
    const auto text = to_json(kept);
    if (text.size() > largest_registry) return;
    const auto path = file(url);
    write_atomic(path, text);
    clean(path);
}

void Cache::clean(const fs::path& keep) const {
    struct Old {
        fs::path path;
        Duration age;
        std::uintmax_t size;
    };
    std::vector<Old> files;
    std::uintmax_t total = 0;
    std::error_code why;
    for (fs::directory_iterator entry{folder_, why}; !why && entry != fs::directory_iterator{}; entry.increment(why)) {
        std::error_code gone; // by another process: then it takes no place any more
        if (!is_ours(entry->path()) || !entry->is_regular_file(gone)) continue;
        Old old{.path = entry->path(), .age = age_of(entry->path(), gone), .size = entry->file_size(gone)};
        if (gone) continue;
        total += old.size;
        if (old.path != keep) files.push_back(std::move(old));
    }
    std::ranges::sort(files, std::ranges::greater{}, &Old::age);
    for (const auto& old : files) {
        if (old.age <= longest_age && total <= most_bytes) break;
        remove_file(old.path);
        total -= old.size;
    }
}

} // namespace thv::registry
