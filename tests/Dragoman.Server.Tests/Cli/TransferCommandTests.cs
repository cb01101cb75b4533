using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Cli;

/// <summary><c>dragoman accounts export</c> and <c>import</c> between two running gateways.</summary>
public sealed class TransferCommandTests : IDisposable
{
    private const string Passphrase = "correct horse battery";

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Accounts_are_moved_from_one_gateway_to_another()
    {
        await using var one = await GatewayFixture.StartAsync();
        await using var two = await GatewayFixture.StartAsync();
        foreach (var (label, key) in ((string, string)[])[("work", "sk-ant-secret-of-work"), ("home", "sk-ant-secret-of-home")])
            (await RunAsync(one, new() { ["KEY"] = key }, "accounts", "add", "claude", "--label", label, "--key-env", "KEY")).Code.ShouldBe(0);
        var file = Path.Combine(_folder.Path, "accounts.bundle");

        var copied = await RunAsync(one, Secret, "accounts", "export", "work", "--to", file, "--passphrase-env", "PASS");
        (copied.Code, copied.Error.Contains("--move", StringComparison.Ordinal)).ShouldBe((0, true), copied.Out + copied.Error);
        Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)).ShouldNotContain("secret-of-work");
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var again = await RunAsync(one, Secret, "accounts", "export", "--to", file, "--passphrase-env", "PASS");
        (again.Code, again.Error.Contains("--force", StringComparison.Ordinal)).ShouldBe((1, true));
        (await RunAsync(one, Secret, "accounts", "export", "--to", file, "--force", "--move", "--passphrase-env", "PASS")).Error.ShouldContain("use --yes");
        (await LabelsAsync(one)).ShouldBe(["home", "work"], "nothing was removed");

        var moved = await RunAsync(one, Secret, "accounts", "export", "--to", file, "--force", "--move", "--yes", "--passphrase-env", "PASS", "--json");
        moved.Code.ShouldBe(0, moved.Out + moved.Error);
        JsonNode.Parse(moved.Out)!["moved"]!.AsArray().Select(account => account!["account"]!.GetValue<string>()).Order().ShouldBe(["home", "work"]);
        (await LabelsAsync(one)).ShouldBeEmpty();

        var words = Path.Combine(_folder.Path, "passphrase");
        await File.WriteAllTextAsync(words, Passphrase + "\n");
        var plan = await RunAsync(two, [], "accounts", "import", file, "--dry-run", "--passphrase-file", words);
        (plan.Code, plan.Out.Contains("nothing is changed yet", StringComparison.Ordinal)).ShouldBe((0, true), plan.Out + plan.Error);
        (await LabelsAsync(two)).ShouldBeEmpty();
        (await RunAsync(two, [], "accounts", "import", file, "--passphrase-file", words)).Error.ShouldContain("use --yes");
        var done = await RunAsync(two, [], "accounts", "import", file, "--yes", "--passphrase-file", words);
        (done.Code, done.Out.Contains("added", StringComparison.Ordinal)).ShouldBe((0, true), done.Out + done.Error);
        (await LabelsAsync(two)).ShouldBe(["home", "work"]);
        var once = JsonNode.Parse((await RunAsync(two, [], "accounts", "import", file, "--yes", "--json", "--passphrase-file", words)).Out)!;
        once["accounts"]!.AsArray().Select(account => account!["action"]!.GetValue<string>()).ShouldBe(["same", "same"]);
    }

    [Fact]
    public async Task A_wrong_passphrase_a_torn_file_and_none_at_all_are_said()
    {
        await using var rig = await GatewayFixture.StartAsync();
        (await RunAsync(rig, new() { ["KEY"] = "sk-ant-secret-of-work" }, "accounts", "add", "claude", "--label", "work", "--key-env", "KEY")).Code.ShouldBe(0);
        var file = Path.Combine(_folder.Path, "accounts.bundle");
        (await RunAsync(rig, Secret, "accounts", "export", "--to", file)).Error.ShouldContain("There is no passphrase");
        (await RunAsync(rig, new() { ["PASS"] = "short" }, "accounts", "export", "--to", file, "--passphrase-env", "PASS")).Error.ShouldContain("at least 12");
        (await RunAsync(rig, Secret, "accounts", "export", "--to", Path.Combine(_folder.Path, "no", "such"), "--passphrase-env", "PASS")).Error.ShouldContain("There is no folder");
        File.Exists(file).ShouldBeFalse();
        (await RunAsync(rig, Secret, "accounts", "export", "--to", file, "--passphrase-env", "PASS")).Code.ShouldBe(0);
        var wrong = await RunAsync(rig, new() { ["PASS"] = "another passphrase" }, "accounts", "import", file, "--yes", "--passphrase-env", "PASS");
        (wrong.Code, wrong.Error.Contains("The passphrase is wrong, or the bundle was altered.", StringComparison.Ordinal)).ShouldBe((1, true), wrong.Error);
        var torn = Path.Combine(_folder.Path, "torn");
        await File.WriteAllBytesAsync(torn, (await File.ReadAllBytesAsync(file))[..100]);
        (await RunAsync(rig, Secret, "accounts", "import", torn, "--yes", "--passphrase-env", "PASS")).Error.ShouldContain("not whole");
        (await RunAsync(rig, Secret, "accounts", "import", torn + "2", "--yes", "--passphrase-env", "PASS")).Error.ShouldContain("cannot be read");
        var audit = await RunAsync(rig, [], "audit", "--json");
        (audit.Out.Contains("account.export", StringComparison.Ordinal), audit.Out.Contains("account.import", StringComparison.Ordinal), audit.Out.Contains(Passphrase, StringComparison.Ordinal)).ShouldBe((true, true, false));
    }

    public void Dispose() => _folder.Dispose();

    private static Dictionary<string, string> Secret => new() { ["PASS"] = Passphrase };

    private async Task<IEnumerable<string>> LabelsAsync(GatewayFixture rig)
        => JsonNode.Parse((await RunAsync(rig, [], "accounts", "list", "--provider", "claude", "--json")).Out)!["accounts"]!.AsArray().Where(account => account!["origin"]!.GetValue<string>() == "store").Select(account => account!["label"]!.GetValue<string>()).Order();

    private async Task<(int Code, string Out, string Error)> RunAsync(GatewayFixture rig, Dictionary<string, string> environment, params string[] arguments)
    {
        environment["HOME"] = _folder.Path;
        var result = await Program.RunAsync(environment, [.. arguments, "--url", rig.Gateway.Address.ToString()]);
        foreach (var secret in (string[])["secret-of-", Passphrase]) (result.Out + result.Error).ShouldNotContain(secret);
        return result;
    }
}
