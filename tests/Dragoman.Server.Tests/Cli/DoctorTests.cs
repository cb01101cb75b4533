using Dragoman.Emulators;
using Dragoman.Emulators.Http;

namespace Dragoman.Server.Tests.Cli;

/// <summary><c>dragoman doctor</c> says what is wrong, calls warnings warnings, and "All is well" only when it is.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-doctor-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task All_is_well_only_when_it_is()
    {
        await using var upstream = await EmulatorHost.StartAsync(new EmulatorOptions());
        var address = upstream.Address.ToString().TrimEnd('/');
        var account = $"claude-api-key:\n  - api-key: k-1\n    base-url: {address}\n    models: [ {{ name: claude-sonnet-4-5 }} ]\n";
        var well = await RunAsync("port: 0\n" + account);
        well.Code.ShouldBe(0, well.Out + well.Error);
        well.Out.ShouldEndWith("All is well.\n");

        var odd = await RunAsync("port: 0\nrequest-retri: 2\nrouting:\n  fallbacks: { claude-sonnet-4-5: claude-sonet-4-5 }\n" + account, mode: UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        odd.Code.ShouldBe(0, odd.Out + odd.Error);
        odd.Out.ShouldNotContain("All is well");
        odd.Out.ShouldContain("warn  configuration:");
        odd.Out.ShouldContain("request-retri");
        odd.Out.ShouldContain("no account of the configuration serves 'claude-sonet-4-5'");
        odd.Out.ShouldContain("Did you mean 'claude-sonnet-4-5'?");
        odd.Out.ShouldContain("others may read");
    }

    [Fact]
    public async Task Models_that_reason_beside_tools_only_over_responses_are_named()
    {
        await using var upstream = await EmulatorHost.StartAsync(new EmulatorOptions());
        var account = $"openai-compatibility:\n  - name: oai\n    base-url: {upstream.Address.ToString().TrimEnd('/')}/v1\n    api-key-entries: [ {{ api-key: k-1 }} ]\n    models: [ {{ name: gpt-5.6-sol }}, {{ name: gpt-5.2 }} ]\n";
        var over = await RunAsync("port: 0\n" + account);
        over.Out.ShouldContain("oai: gpt-5.6-sol takes tools over Chat only without reasoning");
        over.Out.ShouldContain("wire-api: responses");
        (await RunAsync("port: 0\n" + account + "    wire-api: responses\n")).Out.ShouldNotContain("wire-api");
    }

    [Fact]
    public async Task Certificates_ports_and_hosts_are_looked_at()
    {
        var (now, old) = (DateTimeOffset.UtcNow, TestCertificate.Write(_folder, "old", DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(-2)));
        var good = TestCertificate.Write(_folder, "good", now.AddDays(-1), now.AddDays(90));
        (await RunAsync(Tls(old.Certificate, old.Key))).Out.ShouldContain("ran out on");
        (await RunAsync(Tls(good.Certificate, old.Key))).Out.ShouldContain("cannot be used together");
        (await RunAsync(Tls(good.Certificate, "/nonexistent.key"))).Out.ShouldContain("There is no file '/nonexistent.key'");
        var held = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        held.Start();
        var run = await RunAsync($"port: {((System.Net.IPEndPoint)held.LocalEndpoint).Port}\n");
        held.Stop();
        run.Code.ShouldBe(1);
        run.Out.ShouldContain("is in use by another program");
        run = await RunAsync("host: 203.0.113.7\nport: 8317\napi-keys: [ long-enough-client-key ]\n");
        run.Code.ShouldBe(1);
        run.Out.ShouldContain("is not one of this machine's");

        static string Tls(string pem, string key) => $"port: 0\ntls: {{ enable: true, cert: '{pem}', key: '{key}' }}\n";
    }

    [Fact]
    public async Task The_store_and_its_secrets_are_opened_and_never_made()
    {
        var run = await RunAsync("port: 0\n");
        run.Out.ShouldContain("is not there yet");
        Directory.Exists(Data).ShouldBeFalse();
        await using (var gateway = Program.Start("serve", "--port", "0", "--data", Data))
        {
            await gateway.AddressAsync();
            (await Program.RunAsync("accounts", "add", "openai", "--label", "kept", "--base-url", "http://127.0.0.1:9/v1", "--model", "m=m", "--key", "secret-1234567", "--data", Data)).Code.ShouldBe(0);
            gateway.Signal("TERM");
            await gateway.EndAsync(TimeSpan.FromSeconds(20));
        }

        (await RunAsync("port: 0\n")).Out.ShouldContain("ok    store: sqlite");
        var key = Path.Combine(Data, "master.key");
        File.Move(key, key + ".away");
        (await RunAsync("port: 0\n")).Out.ShouldContain("master.key is missing");
        File.Exists(key).ShouldBeFalse("the doctor makes no key");
        await File.WriteAllTextAsync(key, Convert.ToBase64String(new byte[32]) + "\n");
        (await RunAsync("port: 0\n")).Out.ShouldContain("the secret of the account 'kept' cannot be read");
    }

    [Fact]
    public async Task An_aws_exception_is_one_line()
    {
        var run = await Program.RunAsync(new Dictionary<string, string> { ["AWS_PROFILE"] = "", ["AWS_EC2_METADATA_DISABLED"] = "true", ["HOME"] = _folder },
            "doctor", "--config", Config("port: 0\nbedrock:\n  - { name: aws, region: us-east-1, profile: no-such-profile, models: [ { name: amazon.nova-pro-v1:0 } ] }\n"), "--data", Data);
        run.Code.ShouldBe(1, run.Out + run.Error);
        var line = run.Out.Split('\n').Single(line => line.Contains("upstream: aws", StringComparison.Ordinal));
        line.ShouldStartWith("FAIL");
        (run.Out + run.Error).ShouldNotContain("   at ");
    }

    private Task<(int Code, string Out, string Error)> RunAsync(string config, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var file = Config(config);
        File.SetUnixFileMode(file, mode);
        return Program.RunAsync("doctor", "--config", file, "--data", Data);
    }

    private string Config(string text)
    {
        var file = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".yaml");
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}
