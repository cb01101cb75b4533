using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Cli;

/// <summary>A data folder is one process's, and commands find the gateway that has it: with TLS too, with and without a configuration.</summary>
public sealed class DataFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-data-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_second_gateway_and_a_restore_are_refused_and_a_kill_frees_the_folder()
    {
        var backup = Path.Combine(_folder, "b.backup");
        await using (var first = Program.Start("serve", "--port", "0", "--data", Data))
        {
            var address = await first.AddressAsync();
            var second = await Program.RunAsync("serve", "--port", "0", "--data", Data);
            second.Code.ShouldBe(1);
            second.Error.ShouldContain("runs on the data folder");
            second.Error.ShouldContain(address.ToString());
            (await Program.RunAsync("backup", backup, "--data", Data)).Code.ShouldBe(0);
            var refused = await Program.RunAsync("restore", backup, "--data", Data);
            refused.Code.ShouldBe(1);
            refused.Error.ShouldContain("A gateway runs");
            first.Signal("KILL");
            await first.EndAsync(TimeSpan.FromSeconds(20));
        }

        File.Exists(Path.Combine(Data, "running.json")).ShouldBeTrue("it was killed");
        // Nobody is taken to run there, so the command works on the store itself.
        (await Program.RunAsync("backup", backup, "--data", Data)).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(0, run.Error));
        (await Program.RunAsync("restore", backup, "--data", Data)).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(0, run.Error));
        await using var again = Program.Start("serve", "--port", "0", "--data", Data);
        await again.AddressAsync();
    }

    [Fact]
    public async Task With_tls_the_commands_reach_their_own_gateway_and_say_which()
    {
        var (pem, key) = TestCertificate.Write(_folder, "own", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
        await using var upstream = await EmulatorHost.StartAsync(new EmulatorOptions());
        var config = Path.Combine(_folder, "c.yaml");
        await File.WriteAllTextAsync(config, $"port: 0\ntls: {{ enable: true, cert: '{pem}', key: '{key}' }}\n{GatewayFixture.Everything(upstream.Address.ToString().TrimEnd('/'))}");
        await using var gateway = Program.Start("serve", "--config", config, "--data", Data);
        var address = (await gateway.AddressAsync()).ToString().TrimEnd('/');
        address.ShouldStartWith("https://");
        // Neither has a configuration: the folder's mark says where the gateway is.
        var models = await Program.RunAsync("models", "--data", Data);
        models.Code.ShouldBe(0, models.Error);
        models.Out.ShouldContain(address);
        models.Out.ShouldContain("claude-1");
        var listed = JsonNode.Parse((await Program.RunAsync("models", "--data", Data, "--json")).Out)!;
        listed["data"]!.AsArray().Count.ShouldBe(5);
        listed["catalog"]!["source"]!.GetValue<string>().ShouldBe("built-in");
        models.Out.ShouldContain($"Facts from the built-in table of {listed["catalog"]!["built_in"]!.GetValue<string>()}.");
        var explained = await Program.RunAsync("explain", "chat-1", "--data", Data, "--config", config);
        explained.Code.ShouldBe(0, explained.Error);
        explained.Out.ShouldContain($"as the running gateway sees it: {address}");
        (await Program.RunAsync("explain", "chat-1", "--data", Data, "--url", address)).Out.ShouldContain(address);
        (await Program.RunAsync("keys", "list", "--data", Data)).Code.ShouldBe(0);
        (await Program.RunAsync("connect", "claude-code", "--data", Data, "--home", _folder, "--dry-run")).Error.ShouldNotContain("no gateway answers");
        var doctor = await Program.RunAsync("doctor", "--data", Data);
        doctor.Out.ShouldContain($"gateway: {address} answers");
        // Somebody else's gateway is not trusted by that.
        var stranger = await Program.RunAsync("models", "--url", address);
        stranger.Code.ShouldBe(1);
        stranger.Error.ShouldContain("is not secure");
    }

    [Fact]
    public async Task The_demo_keeps_what_is_in_a_folder_that_is_named()
    {
        await using (var demo = Program.Start("serve", "--demo", "--port", "0", "--data", Data))
        {
            await demo.OutputAsync("Stop with Ctrl-C");
            (await Program.RunAsync("models", "--data", Data)).Out.ShouldContain("As the running gateway has them");
            demo.Signal("TERM");
            await demo.EndAsync(TimeSpan.FromSeconds(20));
        }

        File.Exists(Path.Combine(Data, "dragoman.db")).ShouldBeTrue();
    }
}
