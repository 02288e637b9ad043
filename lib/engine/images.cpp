// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "engine/images.hpp"

#include "engine/fields.hpp"
#include "engine/log_frames.hpp"
#include "engine/registry_auth.hpp"
#include "io/deadline.hpp"
#include "io/race.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace thv::engine {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr auto longest_silence = std::chrono::minutes{10};
constexpr auto between_tellings = 100ms;

bool allowed(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"._-/:@"}.find(c) != std::string_view::npos;
}

std::int64_t number(const json& object, const char* name) {
    const auto found = object.find(name);
    const bool usable = found != object.end() && found->is_number_integer();
    return usable ? std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, std::int64_t{1} << 50U) : 0;
}

/// Engines tell failures of registries with any status or inside a 200, so their words have to do.
Fault fault_of(std::string_view reason) {
    const auto says = [&](std::string_view words) { return reason.find(words) != std::string_view::npos; };
    if (says("unauthorized") || says("denied") || says("authentication required")) return Fault::denied;
    if (says("not found") || says("manifest unknown") || says("does not exist") || says("name unknown"))
        return Fault::not_found;
    return Fault::unreachable;
}

Error cannot_pull(const std::string& image, std::string_view reason) {
    const auto fault = fault_of(reason);
    Error error{fault, fmt::format("cannot pull image '{}': {}", image, reason)};
    if (fault == Fault::denied)
        return error.hint("check the image's name, or log in to its registry with 'docker login' or 'podman login'");
    if (fault == Fault::not_found) return error.hint("check the image's name and tag");
    return error.hint("check the network and the registry's name");
}

std::string pull_path(const ImageReference& reference) {
    const auto& tag = reference.digest.empty() ? reference.tag : reference.digest;
    return fmt::format("/images/create?fromImage={}&tag={}", http::percent_encode(reference.repository),
                       http::percent_encode(tag));
}

/// A pull that goes on, and who is told of it.
class Following {
public:
    Following(std::string image, Progress progress)
        : image_(std::move(image))
        , progress_(std::move(progress)) {}

    std::optional<std::string> feed(std::string_view line) { return state_.feed(line); }
    void tell() const { progress_(now(state_.state().phase)); }
    void tell(Pull::Phase phase) const { progress_(now(phase)); }
    const std::string& image() const { return image_; }

private:
    Pull now(Pull::Phase phase) const {
        auto pull = state_.state();
        pull.image = image_;
        pull.phase = phase;
        pull.elapsed = std::chrono::steady_clock::now() - begun_;
        return pull;
    }

    std::string image_;
    Progress progress_;
    PullProgress state_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

/// Throws the reason when the stream tells one; the engine's status was sent before it knew.
Task<> read_all(std::shared_ptr<http::Stream> stream, std::shared_ptr<Following> following) {
    LineCutter cutter;
    std::optional<std::string> failure;
    const auto feed = [&](std::string_view line) {
        auto reason = following->feed(line);
        if (reason && !failure) failure = std::move(reason);
    };
    for (;;) {
        const auto bytes = co_await with_deadline(stream->read_some(), longest_silence,
                                                  fmt::format("waiting for more of image '{}'", following->image()));
        if (bytes.empty()) break;
        cutter.feed(bytes, feed);
    }
    cutter.finish(feed);
    if (failure) throw cannot_pull(following->image(), *failure);
}

/// Until it is cancelled.
Task<> tell_again_and_again(std::shared_ptr<Following> following) {
    for (;;) {
        co_await sleep_for(between_tellings);
        following->tell();
    }
}

Task<> follow_pull(std::shared_ptr<Api> api, Api::Call call, std::shared_ptr<Following> following) {
    std::shared_ptr<http::Stream> stream;
    try {
        stream = co_await api->open(std::move(call));
    } catch (const Error& error) {
        if (api->lost()) throw;
        const auto prefix = std::string{api->facts().name()} + ": ";
        const auto& message = error.message();
        throw cannot_pull(following->image(), message.starts_with(prefix) ? message.substr(prefix.size()) : message);
    }
    co_await read_all(std::move(stream), following);
}

Task<> pull(std::shared_ptr<Api> api, Environment environment, std::string image, Progress progress) {
    const auto reference = value_or_throw(ImageReference::parse(image));
    Api::Call call{.method = "POST", .path = pull_path(reference), .deadline = longest_silence};
    auto credentials = co_await registry_auth(std::move(environment), reference.registry);
    if (!credentials.empty()) call.headers.emplace_back("X-Registry-Auth", std::move(credentials));
    const auto following = std::make_shared<Following>(std::move(image), std::move(progress));
    following->tell(Pull::Phase::begun);
    try {
        co_await first_of(follow_pull(std::move(api), std::move(call), following), tell_again_and_again(following));
    } catch (...) {
        following->tell(Pull::Phase::failed);
        throw;
    }
    following->tell(Pull::Phase::pulled);
}

} // namespace

Result<ImageReference> ImageReference::parse(std::string_view text) {
    const auto wrong = [text] {
        const bool printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
        return fail(Fault::usage, printable
                                      ? fmt::format("'{}' is not the name of an image", text)
                                      : std::string{"the name of the image contains a blank or a control character"});
    };
    if (text.empty() || text.size() > 512 || !std::ranges::all_of(text, allowed)) return wrong();
    ImageReference reference;
    const auto at = text.find('@');
    if (at != std::string_view::npos) reference.digest = text.substr(at + 1);
    auto rest = text.substr(0, at);
    const auto colon = rest.rfind(':');
    const auto slash = rest.rfind('/');
    // A colon before the last slash belongs to the registry's port.
    if (colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
        reference.tag = rest.substr(colon + 1);
        rest = rest.substr(0, colon);
        if (reference.tag.empty()) return wrong();
    }
    if (rest.empty() || rest.front() == '/' || rest.back() == '/' || rest.find("//") != std::string_view::npos)
        return wrong();
    if (at != std::string_view::npos && reference.digest.find(':') == std::string::npos) return wrong();
    if (reference.tag.empty() && reference.digest.empty()) reference.tag = "latest";
    reference.repository = rest;
    reference.registry = reference.qualified() ? std::string{rest.substr(0, rest.find('/'))} : std::string{"docker.io"};
    return reference;
}

bool ImageReference::qualified() const {
    const auto slash = repository.find('/');
    if (slash == std::string::npos) return false;
    const auto first = std::string_view{repository}.substr(0, slash);
    return first == "localhost" || first.find_first_of(".:") != std::string_view::npos;
}

std::optional<std::string> PullProgress::feed(std::string_view line) {
    if (line.empty()) return std::nullopt;
    const auto document = json::parse(line, nullptr, false);
    if (!document.is_object()) return std::nullopt;
    auto reason = text(document, "error");
    const auto detail = document.find("errorDetail");
    if (reason.empty() && detail != document.end() && detail->is_object()) reason = text(*detail, "message");
    if (!reason.empty()) return reason;
    const auto id = text(document, "id");
    const auto status = text(document, "status");
    const auto bytes = document.find("progressDetail");
    if (id.empty() || status.starts_with("Pulling from") || layers_.size() > 1000) return std::nullopt;
    auto& layer = layers_[id];
    if (bytes != document.end() && bytes->is_object() && status == "Downloading") {
        layer.current = number(*bytes, "current");
        layer.total = std::max(layer.total, number(*bytes, "total"));
    }
    // Podman tells no more of a layer than that it is here; Docker unpacks it next.
    layer.here = layer.here || status == "Pull complete" || status == "Already exists" ||
                 status == "Download complete" || status == "Extracting";
    if (layer.here) layer.current = layer.total;
    return std::nullopt;
}

Pull PullProgress::state() const {
    Pull pull;
    bool all_here = true;
    for (const auto& [id, layer] : layers_) {
        pull.current += layer.current;
        pull.total += layer.total;
        pull.layers_done += layer.here ? 1 : 0;
        all_here = all_here && layer.here;
    }
    pull.layers = layers_.size();
    pull.phase = layers_.empty() ? Pull::Phase::waiting : all_here ? Pull::Phase::unpacking : Pull::Phase::downloading;
    return pull;
}

Task<std::optional<std::string>> local_image(std::shared_ptr<Api> api, std::string image) {
    const auto reference = value_or_throw(ImageReference::parse(image));
    const auto found = co_await api->find("/images/" + image + "/json");
    if (found) co_return image;
    if (api->facts().podman && !reference.qualified()) {
        const auto built = co_await api->find("/images/localhost/" + image + "/json");
        if (built) co_return "localhost/" + image;
    }
    co_return std::optional<std::string>{};
}

namespace {

/// As Docker itself writes it, and people type it; Podman tells the registry of all images.
std::string without_hub(std::string reference) {
    for (const std::string_view prefix : {"docker.io/library/", "docker.io/"})
        if (reference.starts_with(prefix)) return reference.substr(prefix.size());
    return reference;
}

} // namespace

Task<std::vector<std::string>> image_references(std::shared_ptr<Api> api) {
    const auto images = co_await api->get("/images/json");
    if (!images.is_array()) throw Error{Fault::internal, "the container engine's list of images is not a list"};
    std::set<std::string> references;
    for (const auto& image : images) {
        for (const auto& tag : field(image, "RepoTags")) {
            if (!tag.is_string()) continue;
            auto reference = tag.get<std::string>();
            if (ImageReference::parse(reference)) references.insert(without_hub(std::move(reference)));
        }
    }
    co_return std::vector<std::string>(references.begin(), references.end());
}

Task<> ensure_image(std::shared_ptr<Api> api, Environment environment, std::string image, Progress progress) {
    const auto reference = value_or_throw(ImageReference::parse(image));
    const auto local = co_await local_image(api, image);
    const bool built_here = local && *local != image;
    if (built_here || (local && !reference.floating())) co_return;
    std::optional<Error> failure;
    try {
        co_await pull(api, std::move(environment), image, progress);
    } catch (const Error& error) {
        if (!local || api->lost()) throw;
        failure = error;
    }
    if (failure) progress(fmt::format("Using the local image; {}", failure->message()));
}

Task<> restore_image(std::shared_ptr<Api> api, Environment environment, std::string image, Progress progress) {
    const auto local = co_await local_image(api, image);
    if (!local) co_await pull(std::move(api), std::move(environment), std::move(image), std::move(progress));
}

} // namespace thv::engine
