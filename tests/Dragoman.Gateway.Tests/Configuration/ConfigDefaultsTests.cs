using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Routing.Selection;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Gateway.Text;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Tests.Configuration;

public sealed class ConfigDefaultsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("---\n")]
    public void An_empty_file_is_one_listener_on_loopback(string yaml)
    {
        var config = Config.Load(yaml);
        config.Listeners.ShouldHaveSingleItem().ShouldBe(new ListenerOptions("127.0.0.1", 8317, Surface.Dragoman));
        config.DrainTimeout.ShouldBe(TimeSpan.FromSeconds(900));
        config.Limits.MaxBodyBytes.ShouldBeGreaterThanOrEqualTo(32_000_000);
        config.Streaming.KeepAliveStyle.ShouldBe(KeepAliveStyle.Comment);
        config.Accounts.ShouldBeEmpty();
        config.Exposed.ShouldBeNull();
    }

    [Theory]
    [InlineData("", FlowMode.Metadata, 256 << 10, 30, 7, 2048L << 20)]
    [InlineData("flows: { mode: full, max-body-kb: 64, retention-days: 5, bodies-retention-days: 0, max-size-mb: 100 }", FlowMode.Full, 64 << 10, 5, 0, 100L << 20)]
    [InlineData("flows: { mode: 'off' }", FlowMode.Off, 256 << 10, 30, 7, 2048L << 20)]
    [InlineData("flows: { mode: off }", FlowMode.Off, 256 << 10, 30, 7, 2048L << 20)]
    public void Flows_are_recorded_as_it_says(string yaml, FlowMode mode, int body, int days, int bodies, long size)
        => Config.Load(yaml).Flows.ShouldBe(new FlowsOptions { Mode = mode, MaxBodyBytes = body, Retention = TimeSpan.FromDays(days), BodiesRetention = TimeSpan.FromDays(bodies), MaxBytes = size });

    [Fact]
    public void Every_section_is_read()
    {
        var config = Config.Load("""
            host: 0.0.0.0
            port: 9000
            tls: { enable: true, cert: c.pem, key: k.pem }
            api-keys: [ one, two ]
            remote-management: { allow-remote: true, secret-key: s3cret }
            proxy-url: socks5://user:pass@127.0.0.1:1080
            request-retry: 2
            max-retry-credentials: 4
            max-retry-interval: 12
            routing: { strategy: fill-first, session-affinity: true, session-affinity-ttl: 1h30m }
            streaming:
              keepalive-seconds: 7
              bootstrap-retries: 1
              first-byte-timeout-seconds: 20
              idle-timeout-seconds: 0
              keepalive-style: ping
            nonstream-keepalive-interval: 3
            disable-cooling: true
            transient-error-cooldown-seconds: 9
            force-model-prefix: true
            passthrough-headers: true
            debug: true
            drain-timeout-seconds: 30
            limits: { max-body-mb: 64 }
            """);
        config.Listeners.ShouldHaveSingleItem().ShouldBe(new ListenerOptions("0.0.0.0", 9000, Surface.Dragoman));
        config.Tls.ShouldBe(new TlsOptions { Enable = true, CertificateFile = "c.pem", KeyFile = "k.pem" });
        config.ApiKeys.ShouldBe(["one", "two"]);
        config.Management.ShouldBe(new ManagementOptions { AllowRemote = true, SecretKey = "s3cret" });
        config.ProxyUrl.ShouldBe("socks5://user:pass@127.0.0.1:1080");
        config.Retry.ShouldBe(new RetryOptions { Rounds = 2, MaxCandidates = 4, MaxWait = TimeSpan.FromSeconds(12) });
        config.Routing.ShouldBe(new RoutingOptions { Strategy = RoutingStrategy.FillFirst, SessionAffinity = true, SessionAffinityTtl = TimeSpan.FromMinutes(90) });
        config.Streaming.ShouldBe(new StreamingOptions
        {
            KeepAlive = TimeSpan.FromSeconds(7), BootstrapRetries = 1, FirstByteTimeout = TimeSpan.FromSeconds(20), IdleTimeout = TimeSpan.Zero,
            KeepAliveStyle = KeepAliveStyle.Ping, WholeAnswerKeepAlive = TimeSpan.FromSeconds(3),
        });
        config.Cooling.ShouldBe(new CooldownOptions { Disabled = true, TransientCap = TimeSpan.FromSeconds(9) });
        config.ForceModelPrefix.ShouldBeTrue();
        config.PassthroughHeaders.ShouldBeTrue();
        config.Logging.Debug.ShouldBeTrue();
        config.DrainTimeout.ShouldBe(TimeSpan.FromSeconds(30));
        config.Limits.MaxBodyBytes.ShouldBe(64L << 20);
    }

    [Fact]
    public void Listeners_have_the_ports_of_their_surfaces_and_stand_beside_a_written_port()
    {
        Config.Load("listeners:\n  - surface: kiro\n  - { surface: codex, port: 9 }\n  - { address: '127.0.0.1:7000', surface: bedrock }\n").Listeners
            .ShouldBe([new("127.0.0.1", 8080, Surface.Kiro), new("127.0.0.1", 9, Surface.Codex), new("127.0.0.1", 7000, Surface.Bedrock)]);
        Config.Load("port: 8317\nlisteners:\n  - surface: kiro\n").Listeners.Select(listener => listener.Port).ShouldBe([8317, 8080]);
    }

    [Fact]
    public void Environment_variables_are_filled_in()
    {
        var config = Config.Load("port: ${PORT}\napi-keys: [ 'a-${KEY}', '${NONE:-fallback}', 'x$${y}' ]\n", ("PORT", "9100"), ("KEY", "k"));
        config.Listeners[0].Port.ShouldBe(9100);
        config.ApiKeys.ShouldBe(["a-k", "fallback", "x${y}"]);
    }

    [Fact]
    public void Anchors_and_merges_work()
    {
        var config = Config.Load("""
            claude-api-key:
              - &base { api-key: one, priority: 3 }
              - { <<: *base, api-key: two }
            """);
        config.Accounts.Select(account => account.Priority).ShouldBe([3, 3]);
        config.Accounts.Select(account => ((ApiKeyCredential)account.Credential).Key).ShouldBe(["one", "two"]);
    }

    [Fact]
    public void The_command_lines_address_goes_to_the_first_listener()
    {
        var config = Config.Load("").WithAddress("0.0.0.0", 1);
        config.Listeners.ShouldHaveSingleItem().ShouldBe(new ListenerOptions("0.0.0.0", 1, Surface.Dragoman));
        config.Exposed.ShouldNotBeNull();
        (config with { ApiKeys = ["k"] }).Exposed.ShouldBeNull();
    }

    [Theory]
    [InlineData("1h30m", 5400)]
    [InlineData("90s", 90)]
    [InlineData("45", 45)]
    [InlineData("1.5m", 90)]
    [InlineData("250ms", 0.25)]
    public void Durations_are_gos(string text, double seconds)
    {
        DurationText.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalSeconds.ShouldBe(seconds);
    }

    [Fact]
    public void Lists_become_accounts_with_their_providers_addresses()
    {
        var accounts = Config.Load("""
            claude-api-key: [ { api-key: sk-ant-0123456789abcdef } ]
            gemini-api-key: [ { api-key: g } ]
            codex-api-key: [ { api-key: c } ]
            bedrock: [ { region: eu-west-1 } ]
            openai-compatibility:
              - name: router
                base-url: https://openrouter.example/api/v1/
                wire-api: responses
                priority: 2
                prefix: /or/
                proxy-url: http://proxy:1
                headers: { X-Title: mine }
                excluded-models: [ "*-FREE" ]
                disable-cooling: true
                request-retry: 1
                api-key-entries:
                  - api-key: k1
                  - { api-key: k2, proxy-url: direct }
                models:
                  - { name: a/b, alias: b }
                  - plain
              - { name: local, base-url: "http://127.0.0.1:11434/v1" }
            """).Accounts;
        accounts.Select(account => (account.Provider, account.Protocol, account.BaseUrl)).ShouldBe(
        [
            ("claude", Protocol.AnthropicMessages, "https://api.anthropic.com"),
            ("codex", Protocol.OpenAiResponses, "https://api.openai.com/v1"),
            ("gemini", Protocol.Gemini, "https://generativelanguage.googleapis.com"),
            ("bedrock", Protocol.BedrockAnthropic, "https://bedrock-runtime.eu-west-1.amazonaws.com"),
            ("openai", Protocol.OpenAiResponses, "https://openrouter.example/api/v1"),
            ("openai", Protocol.OpenAiResponses, "https://openrouter.example/api/v1"),
            ("openai", Protocol.OpenAiChat, "http://127.0.0.1:11434/v1"),
        ]);
        accounts.Select(account => account.Id).Distinct().Count().ShouldBe(7);
        accounts.Select(account => account.Label).ShouldBe(["claude", "codex", "gemini", "bedrock eu-west-1", "router", "router #2", "local"]);
        accounts[0].Id.ShouldNotContain("0123456789");
        var (first, second) = (accounts[4], accounts[5]);
        (first.ProxyUrl, second.ProxyUrl).ShouldBe(("http://proxy:1", "direct"));
        (first.Priority, first.Prefix, first.DisableCooling, first.RequestRetry).ShouldBe((2, "or", true, 1));
        first.Headers["x-title"].ShouldBe("mine");
        first.ExcludedModels.ShouldBe(["*-free"]);
        first.Models.Select(model => (model.Name, model.Alias)).ShouldBe([("a/b", "b"), ("plain", "plain")]);
        accounts[6].Credential.ShouldBeOfType<NoCredential>();
    }

    [Theory]
    [InlineData("claude-api-key", "https://x.example/v1/", "https://x.example")]
    [InlineData("claude-api-key", "https://x.example/anthropic/v1/messages", "https://x.example/anthropic")]
    [InlineData("gemini-api-key", "https://x.example/v1beta", "https://x.example")]
    [InlineData("codex-api-key", "https://x.example/v1/responses", "https://x.example/v1")]
    public void Copied_endings_of_addresses_are_taken_off(string list, string written, string read)
        => Config.Load($"{list}: [ {{ api-key: k, base-url: '{written}' }} ]").Accounts[0].BaseUrl.ShouldBe(read);

    [Fact]
    public void Ids_hang_on_the_key_and_not_on_its_place()
    {
        var before = Config.Load("claude-api-key: [ { api-key: one }, { api-key: two, priority: 1 } ]").Accounts;
        var after = Config.Load("claude-api-key: [ { api-key: two }, { api-key: one, proxy-url: direct } ]").Accounts;
        after.Select(account => account.Id).ShouldBe([before[1].Id, before[0].Id]);
    }

    [Fact]
    public void Bedrock_takes_each_kind_of_credential()
    {
        var accounts = Config.Load("""
            bedrock:
              - { name: bearer, region: us-east-1, api-key: abc }
              - { name: pair, region: us-east-1, access-key-id: id, secret-access-key: sec, session-token: tok }
              - { name: profile, profile: work, endpoint: "http://127.0.0.1:9999/bedrock/" }
              - { name: chain, models: [ { name: amazon.nova-pro-v1:0, alias: nova }, { name: anthropic.claude-sonnet-4-6, wire-api: converse } ] }
            """, ("AWS_REGION", "ap-southeast-2")).Accounts;
        accounts.Select(account => account.Credential.Mask).ShouldBe(["…", "…", "profile work", "default chain"]);
        accounts[2].BaseUrl.ShouldBe("http://127.0.0.1:9999/bedrock");
        accounts[3].Region.ShouldBe("ap-southeast-2");
        accounts[3].Models[1].ShouldBe(new AccountModel("converse/anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6"));
    }
}
