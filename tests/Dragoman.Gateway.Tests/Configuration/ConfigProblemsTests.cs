using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Settings;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Providers;

namespace Dragoman.Gateway.Tests.Configuration;

public sealed class ConfigProblemsTests
{
    [Theory]
    [InlineData("port: abc\n", "port", 1, 7, "not a whole number")]
    [InlineData("port: 70000\n", "port", 1, 7, "out of range")]
    [InlineData("port: 1\nport: 2\n", "port", 2, 1, "given twice; the first is on line 1")]
    [InlineData("routing:\n  strategy: random\n", "routing.strategy", 2, 13, "not one of round-robin, fill-first, sticky")]
    [InlineData("routing:\n  session-affinity-ttl: soon\n", "routing.session-affinity-ttl", 2, 25, "not a duration")]
    [InlineData("debug: maybe\n", "debug", 1, 8, "neither true nor false")]
    [InlineData("api-keys: one\n", "api-keys", 1, 11, "A list is needed")]
    [InlineData("api-keys:\n  - \n", "api-keys[0]", 2, 0, "empty")]
    [InlineData("api-keys:\n  - 'a b'\n", "api-keys[0]", 2, 5, "no header can carry")]
    [InlineData("proxy-url: ftp://x\n", "proxy-url", 1, 12, "not a proxy's address")]
    [InlineData("tls: { enable: true, cert: c }\n", "tls.key", 1, 0, "without a private key")]
    [InlineData("tls: yes\n", "tls", 1, 6, "A map of keys is needed")]
    [InlineData("host: 'http://x'\n", "host", 1, 7, "not an address")]
    [InlineData("listeners:\n  - { port: 1 }\n  - { port: 1 }\n", "listeners[1].port", 3, 0, "opened twice")]
    [InlineData("claude-api-key:\n  - api-key:\n", "claude-api-key[0].api-key", 2, 0, "The key is empty")]
    [InlineData("claude-api-key:\n  - priority: 1\n", "claude-api-key[0].api-key", 2, 0, "needed")]
    [InlineData("claude-api-key:\n  - api-key: k\n    base-url: nowhere\n", "claude-api-key[0].base-url", 3, 15, "not an address")]
    [InlineData("claude-api-key:\n  - api-key: k\n    prefix: a/b\n", "claude-api-key[0].prefix", 3, 13, "slash")]
    [InlineData("claude-api-key:\n  - api-key: k\n    headers: { Host: x }\n", "claude-api-key[0].headers.Host", 3, 0, "belongs to the connection")]
    [InlineData("claude-api-key:\n  - api-key: k\n    models: [ { name: a, alias: x }, { name: b, alias: X } ]\n", "claude-api-key[0].models[1]", 3, 0, "already that of 'a'")]
    [InlineData("claude-api-key:\n  - api-key: k\n    models: [ { alias: x } ]\n", "claude-api-key[0].models[0].name", 3, 0, "needs a name")]
    [InlineData("openai-compatibility:\n  - base-url: https://x/v1\n", "openai-compatibility[0].name", 2, 0, "needs a name")]
    [InlineData("openai-compatibility:\n  - name: x\n", "openai-compatibility[0].base-url", 2, 0, "needs an address")]
    [InlineData("openai-compatibility:\n  - { name: x, base-url: 'https://x/v1', wire-api: soap }\n", "openai-compatibility[0].wire-api", 2, 0, "not one of chat, responses")]
    [InlineData("bedrock:\n  - name: b\n", "bedrock[0].region", 2, 0, "region is not known")]
    [InlineData("bedrock:\n  - { region: us-east-1, access-key-id: a }\n", "bedrock[0].secret-access-key", 2, 0, "both its id and its secret")]
    [InlineData("bedrock:\n  - { region: us-east-1, api-key: a, profile: p }\n", "bedrock[0].profile", 2, 0, "More than one kind")]
    [InlineData("claude-api-key:\n  - api-key: ${NOT_SET}\n", "claude-api-key[0].api-key", 2, 14, "NOT_SET is not set")]
    [InlineData("[1, 2]\n", "", 1, 1, "must be a map")]
    [InlineData("routing:\n\tstrategy: sticky\n", "", 2, 1, "tab")]
    [InlineData("host: \"open\nport: 1\n", "", 0, 0, "not valid YAML")]
    [InlineData("a: *nowhere\n", "", 1, 4, "not defined")]
    public void Each_fault_is_told_with_its_key_and_place(string yaml, string path, int line, int column, string message)
    {
        var error = Config.Errors(yaml).ShouldHaveSingleItem();
        error.Path.ShouldBe(path);
        if (line > 0) error.Line.ShouldBe(line);
        if (column > 0) error.Column.ShouldBe(column);
        error.Message.ShouldContain(message);
        error.ToString().ShouldStartWith($"config.yaml:{error.Line}:{error.Column}: error: ");
    }

    [Fact]
    public void All_faults_come_out_at_once_in_the_order_of_the_file()
    {
        var errors = Config.Errors("""
            port: abc
            debug: perhaps
            debug: true
            claude-api-key:
              - api-key: ""
              - api-key: k
                base-url: x
            """);
        errors.Select(error => error.Line).ShouldBe([1, 2, 3, 5, 7]);
    }

    [Theory]
    [InlineData("host: 0.0.0.0\n", "host", "0.0.0.0 without client keys")]
    [InlineData("host: ''\n", "host", "every interface without client keys")]
    [InlineData("listeners:\n  - { host: 192.168.0.1 }\n", "listeners[0].host", "192.168.0.1 without client keys")]
    [InlineData("prices:\n  - { model: m, input: 1 }\n", "prices[0].output", "needs 'output'", true)]
    [InlineData("prices:\n  - { input: 1, output: 2 }\n", "prices[0].model", "needs a model", true)]
    [InlineData("prices:\n  - { model: m, input: -1, output: 2 }\n", "prices[0].input", "not a number from 0", true)]
    [InlineData("prices:\n  - { model: m, input: 1, output: 2, above: [ { input: 1, output: 2 } ] }\n", "prices[0].above[0].tokens", "length of prompt", true)]
    [InlineData("budgets: { unknown-price: maybe }\n", "budgets.unknown-price", "not one of allow, refuse", true)]
    public void Keys_prices_and_budgets_are_read_with_care(string yaml, string path, string message, bool error = false)
    {
        var problem = ProviderModules.ConfigLoader.Load(yaml, "config.yaml").Problems.ShouldHaveSingleItem();
        problem.Path.ShouldBe(path);
        problem.Message.ShouldContain(message);
        problem.Severity.ShouldBe(error ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning);
    }

    [Fact]
    public void Binding_wide_says_how_to_fix_it()
    {
        ProviderModules.ConfigLoader.Load("host: 0.0.0.0\n", "config.yaml").Problems[0].Remedy.ShouldBe("Add api-keys: with at least one key, make one with 'dragoman keys create', or set host: 127.0.0.1");
        Config.Load("host: 0.0.0.0\napi-keys: [k]\n").Listeners[0].Host.ShouldBe("0.0.0.0");
        foreach (var host in new[] { "127.0.0.1", "localhost", "'::1'", "'[::1]'", "127.8.8.8" }) Config.Load($"host: {host}\n").Exposed.ShouldBeNull();
    }

    [Fact]
    public void Misspelt_keys_are_warned_of_with_what_was_meant()
    {
        var warnings = Config.Warnings("prot: 1\nrouting: { startegy: sticky }\napi_keys: [k]\nwholly-unrelated: 1\n");
        warnings.Select(warning => (warning.Path, warning.Remedy)).ShouldBe(
        [
            ("prot", "Did you mean port?"), ("routing.startegy", "Did you mean strategy?"), ("api_keys", "Did you mean api-keys?"),
            ("wholly-unrelated", "Remove it, or look it up in docs/guide/configuration.md."),
        ]);
    }

    [Fact]
    public void Keys_of_others_that_ask_for_disguise_are_accepted_and_do_nothing()
    {
        var warnings = Config.Warnings("""
            claude-header-defaults: { user-agent: x }
            codex: { identity-confuse: true }
            antigravity: { sensitive-words: [ a ] }
            claude-api-key:
              - { api-key: k, cloak: { mode: always }, fingerprint-profile: claude-code-cli, weight: 3 }
            ws-auth: true
            pprof: { enable: false }
            usage-statistics-enabled: false
            """);
        warnings.ShouldAllBe(warning => warning.Message.StartsWith("Not supported: "));
        warnings.Select(warning => warning.Path).ShouldBe(
            ["claude-header-defaults", "codex.identity-confuse", "antigravity.sensitive-words", "claude-api-key[0].cloak", "claude-api-key[0].fingerprint-profile", "ws-auth"]);
    }

    [Fact]
    public void What_a_stock_file_of_CLIProxyAPI_says_by_default_gives_no_noise()
    {
        var result = Config.Read("""
            host: ""
            port: 8317
            tls: { enable: false, cert: "", key: "" }
            remote-management: { allow-remote: false, secret-key: "", disable-control-panel: false, panel-github-repository: "https://example.com/panel" }
            api-keys: [ one ]
            pprof: { enable: false, addr: "127.0.0.1:8316" }
            commercial-mode: false
            error-logs-max-files: 10
            redis-usage-queue-retention-seconds: 60
            proxy-url: ""
            transient-error-cooldown-seconds: 0
            disable-claude-cloak-mode: true
            video-result-auth-cache-ttl: "3h"
            routing: { strategy: "round-robin", session-affinity: false, session-affinity-ttl: "1h", session-affinity-subagents: true }
            codex: { identity-confuse: false, live-media-relay: { enabled: false, max-sessions: 32 } }
            xai: { inject-x-search: false }
            nonstream-keepalive-interval: 0
            gemini-api-key:
              - api-key: g
                weight: 1
                request-retry: -1
                models:
                  - { name: gemini-x, alias: x, max-context-length: 5, is-compat: false, input-modalities: [ text, image ], thinking: { levels: [ high, low, none, auto ] } }
            """);
        result.Problems.ShouldBeEmpty();
        var facts = result.Config!.Accounts[0].Models[0].Facts!;
        (facts.Images, facts.ContextWindow).ShouldBe((true, 5));
        facts.Efforts.ShouldBe(["none", "low", "high"]);
    }

    [Fact]
    public void Secrets_never_stand_in_a_problem()
    {
        const string secret = "s3cr3t value with blanks";
        var problems = Config.Read($"""
            api-keys: [ '{secret}' ]
            proxy-url: 'bad://user:{secret}@host'
            claude-api-key:
              - api-key: '{secret}'
              - api-key: k
                base-url: 'https://user:s3cr3t@host?'
            bedrock:
              - api-key: '{secret}'
                secret-access-key: '{secret}'
            """).Problems;
        problems.Count.ShouldBeGreaterThan(4);
        foreach (var problem in problems) problem.ToString().ShouldNotContain("s3cr3t");
    }

    [Fact]
    public void Secrets_do_not_stand_in_what_a_configuration_prints()
    {
        var config = Config.Load("api-keys: [ s3cr3t ]\nproxy-url: 'http://u:s3cr3t@h:1'\nremote-management: { secret-key: s3cr3t }\nclaude-api-key: [ { api-key: s3cr3t-s3cr3t-s3cr3t } ]\n");
        $"{config} {config.Management} {config.Accounts[0].Credential} {config.Accounts[0].Id} {config.Accounts[0].Label}".ShouldNotContain("s3cr3t");
    }

    [Fact]
    public void Any_torn_file_gives_problems_and_no_exception()
    {
        const string yaml = "host: 127.0.0.1\napi-keys: [ 'a', \"b\" ]\nrouting: { strategy: sticky }\nclaude-api-key:\n  - &x { api-key: k, headers: { A: b }, models: [ { name: n, alias: a } ] }\n  - *x\n";
        for (var length = 0; length <= yaml.Length; length++)
        {
            var result = Config.Read(yaml[..length]);
            (result.Config is null).ShouldBe(result.Problems.Any(problem => problem.Severity == DiagnosticSeverity.Error));
        }
    }

    [Fact]
    public void Deep_nesting_is_refused() => Config.Errors(new string('[', 5_000)).ShouldHaveSingleItem().Message.ShouldContain("YAML");

    [Fact]
    public void A_missing_file_is_a_problem_like_any_other()
        => ProviderModules.ConfigLoader.LoadFile("/nowhere/at/all.yaml").Problems.ShouldHaveSingleItem().Message.ShouldBe("The file does not exist.");
}
