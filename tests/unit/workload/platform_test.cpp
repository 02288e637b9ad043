// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "support/fake_engine.hpp"
#include "workload/backend.hpp"
#include "workload/platform.hpp"

#include <map>
#include <string>

using namespace thv;

TEST_CASE("which platform a command is about is decided by flags, then by the variable, then by where it runs") {
    using Variables = std::map<std::string, std::string, std::less<>>;
    const auto [variables, asked, expected] = GENERATE(table<Variables, bool, Platform>({
        {{}, false, Platform::engine},
        {{}, true, Platform::cluster},
        {{{"TOOLHIVE_RUNTIME", "kubernetes"}}, false, Platform::cluster},
        {{{"TOOLHIVE_RUNTIME", " kubernetes\n"}}, false, Platform::cluster},
        {{{"TOOLHIVE_RUNTIME", "docker"}}, false, Platform::engine},
        {{{"TOOLHIVE_RUNTIME", "docker"}}, true, Platform::cluster},
        {{{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}}, false, Platform::cluster},
        {{{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}, {"TOOLHIVE_RUNTIME", "podman"}}, false, Platform::engine},
        {{{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}, {"TOOLHIVE_RUNTIME", " "}}, false, Platform::cluster},
        {{{"KUBECONFIG", "/home/me/.kube/config"}}, false, Platform::engine},
    }));
    CAPTURE(variables, asked);
    CHECK(select_platform(Environment{variables}, asked) == expected);
}

TEST_CASE("what a platform does not offer is named in human words") {
    test::FakeEngine fake;
    const Backend backend{.name = "docker", .capabilities = {&fake, &fake, &fake, &fake, nullptr}};
    CHECK(&require<Query>(backend) == static_cast<Query*>(&fake));
    try {
        require<Update>(backend);
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::unsupported);
        CHECK(error.message() == "updating workloads is not available on docker");
    }
}
