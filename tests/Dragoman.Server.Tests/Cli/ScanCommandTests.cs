using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;
using Dragoman.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Dragoman.Server.Tests.Cli;

/// <summary><c>dragoman accounts scan</c> over a home folder with the files of several vendors' programs, against a running gateway.</summary>
public sealed class ScanCommandTests : IDisposable
{
    private readonly TempFolder _home = new();

    [Fact]
    public async Task Files_of_vendors_are_found_told_apart_and_left_as_they_are()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var codex = Write(".codex/auth.json", $$"""{"tokens":{"access_token":"{{ChatGpt("user-1", "space-1")}}","refresh_token":"rt_of_a_file"} }""");
        Write(".claude/.credentials.json", """{"claudeAiOauth":{"accessToken":"sk-ant-oat01-of-a-file","refreshToken":"x","expiresAt":1}}""");
        Write(".aws/sso/cache/kiro-auth-token.json", """{"accessToken":"aoa-of-a-file","refreshToken":"aor1","authMethod":"social","provider":"Google"}""");
        Database(".local/share/kiro-cli/data.sqlite3", "auth_kv", "kirocli:social:token", """{"access_token":"aoa-of-a-file","refresh_token":"r","provider":"GitHub"}""");
        Database(".config/Antigravity/User/globalStorage/state.vscdb", "ItemTable", "antigravityAuthStatus", """{"apiKey":"ya29.of-a-file","email":"eve@example.com"}""");
        Write(".config/antigravity-gateway/accounts.json", """{"accounts":[{"email":"ann@example.com","refreshToken":"1//of-a-file"},{"email":"tim@example.com","source":"database"}],"activeIndex":0}""");
        Write(".config/github-copilot/apps.json", """{"github.com:Iv23abc":{"user":"octocat","oauth_token":"gho_of-a-file"}}""");
        var proxied = Write(".cli-proxy-api/codex-ada.json", $$"""{"type":"codex","access_token":"{{ChatGpt("user-1", "space-1")}}","email":"ada@example.com"}""");
        var other = Write(".cli-proxy-api/codex-bob.json", $$"""{"type":"codex","access_token":"{{ChatGpt("user-2", "space-1")}}"}""");
        var gemini = Write(".cli-proxy-api/eve-project.json", """{"type":"gemini","email":"eve@example.com","token":{"access_token":"ya29.of-a-file"}}""");
        var kimi = Write(".cli-proxy-api/kimi-1.json", $$"""{"type":"kimi","access_token":"{{Token("""{"sub":"kim"}""")}}","device_id":"d"}""");
        Write(".cli-proxy-api/kimi-broken.json", "{");
        Write(".cli-proxy-api/kimi-large.json", $$"""{"type":"kimi","access_token":"{{new string('x', 1 << 20)}}"}""");
        Write(".cli-proxy-api/note.json", """{"type":"nobody","access_token":"x"}""");
        Directory.CreateDirectory(Path.Combine(_home.Path, ".cli-proxy-api/kimi-folder.json"));
        var link = Path.Combine(_home.Path, ".cli-proxy-api/qwen-link.json");
        File.CreateSymbolicLink(link, Write("elsewhere", """{"type":"qwen","access_token":"q-of-a-file","email":"q@example.com"}"""));
        File.CreateSymbolicLink(Path.Combine(_home.Path, ".cli-proxy-api/qwen-nowhere.json"), Path.Combine(_home.Path, "gone"));
        (await RunAsync(rig, "login", "chatgpt", "--import", codex, "--label", "mine", "--yes")).Code.ShouldBe(0);

        var before = Snapshot();
        var scan = await RunAsync(rig, "accounts", "scan", "--json");
        scan.Code.ShouldBe(0, scan.Error);
        var logins = JsonNode.Parse(scan.Out)!["logins"]!.AsArray();
        logins.Select(login => login!["number"]!.GetValue<int>()).ShouldBe(Enumerable.Range(1, logins.Count));
        string Of(string file, int? part = null) => logins.Single(login => login!["file"]!.GetValue<string>() == Path.Combine(_home.Path, file) && login["part"]?.GetValue<int>() == part) is { } found
            ? $"{found["provider"]} {found["status"]} {found["identity"]?["label"] ?? found["identity"]?["account_id"]} {found["account"]}{found["problem"]}".Trim() : "";
        Of(".codex/auth.json").ShouldBe("chatgpt known user-1 mine");
        Of(proxied).ShouldBe("chatgpt duplicate ada@example.com mine");
        Of(other).ShouldBe("chatgpt new user-2");
        Of(".claude/.credentials.json").ShouldBe("claude-subscription undetermined");
        Of(".aws/sso/cache/kiro-auth-token.json").ShouldBe("kiro undetermined Google");
        Of(".local/share/kiro-cli/data.sqlite3").ShouldBe("kiro undetermined GitHub");
        Of(".config/Antigravity/User/globalStorage/state.vscdb").ShouldBe("antigravity undetermined eve@example.com");
        Of(".config/antigravity-gateway/accounts.json", 1).ShouldBe("antigravity undetermined ann@example.com");
        Of(".config/antigravity-gateway/accounts.json", 2).ShouldBe("antigravity unusable  There is no login in this part of the file.");
        Of(".config/github-copilot/apps.json").ShouldBe("github-copilot undetermined octocat");
        Of(gemini).ShouldBe("code-assist undetermined eve@example.com");
        Of(kimi).ShouldBe("kimi-code new kim");
        Of(link).ShouldBe("qwen-code undetermined q@example.com");
        Of(".cli-proxy-api/kimi-broken.json").ShouldBe("kimi-code unusable  There is no login in this file.");
        Of(".cli-proxy-api/kimi-large.json").ShouldContain("larger than a megabyte");
        Of(".cli-proxy-api/kimi-folder.json").ShouldContain("folder");
        Of(".cli-proxy-api/qwen-nowhere.json").ShouldContain("nowhere");
        Of(".cli-proxy-api/note.json").ShouldContain("known provider");
        logins.Count.ShouldBe(18);

        var table = await RunAsync(rig, "accounts", "scan");
        (table.Code, table.Out.Contains("here as 'mine'", StringComparison.Ordinal), table.Out.Contains("same as above", StringComparison.Ordinal)).ShouldBe((0, true, true), table.Out + table.Error);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task Files_are_looked_for_where_the_environment_says_too()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var codex = Write("own/codex/auth.json", $$"""{"tokens":{"access_token":"{{ChatGpt("user-7", "space-1")}}","refresh_token":"rt_of_a_file"} }""");
        var usual = Write(".codex/auth.json", $$"""{"tokens":{"access_token":"{{ChatGpt("user-8", "space-1")}}","refresh_token":"rt_of_a_file"} }""");
        var claude = Write("own/claude/.credentials.json", """{"claudeAiOauth":{"accessToken":"sk-ant-oat01-of-a-file","refreshToken":"x","expiresAt":1}}""");
        var gemini = Write("own/gemini/.gemini/oauth_creds.json", """{"access_token":"ya29.of-a-file","refresh_token":"1//of-a-file","scope":"openid","token_type":"Bearer","expiry_date":1}""");
        var kimi = Write("own/kimi/credentials/kimi-code.json", $$"""{"access_token":"{{Token("""{"user_id":"kim"}""")}}","refresh_token":"kr-of-a-file","expires_at":1764503100.5,"scope":"kimi-code","token_type":"Bearer","expires_in":900.0}""");
        Write("own/kimi/device_id", "00112233445566778899aabbccddeeff\n");
        var older = Write(".kimi/credentials/kimi-code.json", $$"""{"access_token":"{{Token("""{"user_id":"kim"}""")}}","refresh_token":"kr-of-a-file","expires_at":1764503100.5,"scope":"kimi-code"}""");
        var amp = Write("own/data/amp/secrets.json", """{"apiKey@https://ampcode.com/":"sgamp_of-a-file"}""");
        var google = Write("own/key.json", """{"type":"external_account","audience":"//iam.googleapis.com/pool","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","credential_source":{"file":"/t"}}""");
        string Place(string name) => Path.Combine(_home.Path, "own", name);
        var scan = await Program.RunAsync(new Dictionary<string, string>
        {
            ["HOME"] = _home.Path, ["CODEX_HOME"] = Place("codex"), ["CLAUDE_CONFIG_DIR"] = Place("claude"), ["GEMINI_CLI_HOME"] = Place("gemini"), ["KIMI_CODE_HOME"] = Place("kimi"), ["XDG_DATA_HOME"] = Place("data"),
            ["GOOGLE_APPLICATION_CREDENTIALS"] = Place("key.json"), ["COPILOT_HOME"] = "relative",
        }, "accounts", "scan", "--json", "--url", rig.Gateway.Address.ToString());
        scan.Code.ShouldBe(0, scan.Error);
        JsonNode.Parse(scan.Out)!["logins"]!.AsArray().Select(login => $"{login!["provider"]} {Path.GetRelativePath(_home.Path, login["file"]!.GetValue<string>())} {login["problem"]}".Trim()).Order(StringComparer.Ordinal).ShouldBe(
            new[] { $"amp {amp}", $"chatgpt {codex}", $"chatgpt {usual}", $"claude-subscription {claude}", $"code-assist {gemini}", $"kimi-code {kimi}", $"kimi-code {older}", $"vertex {google}" }
                .Select(line => line.Replace(_home.Path + "/", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_that_fails_does_not_keep_the_others_from_being_imported()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var codex = Write(".codex/auth.json", $$"""{"tokens":{"access_token":"{{ChatGpt("user-1", "space-1")}}","refresh_token":"rt_of_a_file"} }""");
        Write(".cli-proxy-api/kimi-1.json", $$"""{"type":"kimi","access_token":"{{Token("""{"sub":"kim"}""")}}","refresh_token":"kr-of-a-file"}""");
        Write(".cli-proxy-api/qwen-1.json", """{"type":"qwen","access_token":"q-of-a-file","email":"q@example.com"}""");
        Write(".cli-proxy-api/qwen-2.json", "no JSON");
        var before = Snapshot();

        var asked = await RunAsync(rig, "accounts", "scan", "--import");
        (asked.Code, asked.Error.Contains("--yes", StringComparison.Ordinal)).ShouldBe((1, true), asked.Out + asked.Error);
        var all = await RunAsync(rig, "accounts", "scan", "--import", "--yes");
        (all.Code, all.Out.Contains("Imported 2 of 3.", StringComparison.Ordinal), all.Error.Contains("FAIL  kimi-code", StringComparison.Ordinal)).ShouldBe((1, true, true), all.Out + all.Error);
        var unusable = await RunAsync(rig, "accounts", "scan", "--import", Path.Combine(_home.Path, ".cli-proxy-api/qwen-2.json"), "--yes");
        (unusable.Code, unusable.Error.Contains("cannot be imported", StringComparison.Ordinal)).ShouldBe((1, true));
        (await RunAsync(rig, "accounts", "scan", "--import", "99", "--yes")).Error.ShouldContain("'99' is none");

        var rest = await RunAsync(rig, "accounts", "scan", "--import", codex, "2", "--yes", "--acknowledge", "--json");
        rest.Code.ShouldBe(0, rest.Out + rest.Error);
        var answer = JsonNode.Parse(rest.Out)!;
        (answer["imported"]!.GetValue<int>(), answer["chosen"]!.GetValue<int>()).ShouldBe((2, 2));
        answer["imports"]!.AsArray().Select(result => result!["renewed"]!.GetValue<bool>()).ShouldBe([true, false]);
        var again = JsonNode.Parse((await RunAsync(rig, "accounts", "scan", "--import", "--yes", "--json")).Out)!;
        (again["imported"]!.GetValue<int>(), again["chosen"]!.GetValue<int>()).ShouldBe((0, 0), "everything is here already");
        again["logins"]!.AsArray().Select(login => login!["status"]!.GetValue<string>()).ShouldBe(["known", "known", "known", "unusable"], ignoreOrder: true);
        Snapshot().ShouldBe(before);
        var accounts = JsonNode.Parse((await RunAsync(rig, "accounts", "list", "--json")).Out)!["accounts"]!.AsArray();
        accounts.Count(account => account!["provider"]!.GetValue<string>() is "chatgpt" or "kimi-code" or "qwen-code").ShouldBe(3, "each is there once");
    }

    [Fact]
    public async Task Another_programs_export_is_looked_at_where_it_is_named()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var export = Write("export.json", $$"""{"accounts":[{"email":"ada@example.com","accountId":"space-1","accessToken":"{{ChatGpt("user-1", "space-1")}}","refreshToken":"rt_of_a_file1"},{"email":"bob@example.com","accountId":"space-2","accessToken":"{{ChatGpt("user-2", "space-2")}}","refreshToken":"rt_of_a_file2"}]}""");
        Write(".cli-proxy-api/qwen-1.json", """{"type":"qwen","access_token":"q-of-a-file"}""");
        (await RunAsync(rig, "login", "chatgpt", "--import", export)).Error.ShouldContain("2 logins are in this file");
        var shown = JsonNode.Parse((await RunAsync(rig, "accounts", "scan", export, Path.Combine(_home.Path, "gone.json"), "--json")).Out)!["logins"]!.AsArray();
        shown.Select(login => $"{login!["number"]} {login["provider"]} {login["status"]} {login["part"]}{login["problem"]}").ShouldBe(["1 chatgpt new 1", "2 chatgpt new 2", "3  unusable There is no such file."]);
        var second = await RunAsync(rig, "accounts", "scan", export, "--import", "2", "--yes");
        (second.Code, second.Out.Contains($"{export} #2: added", StringComparison.Ordinal)).ShouldBe((0, true), second.Out + second.Error);
        var rest = await RunAsync(rig, "accounts", "scan", export, "--import", "--yes");
        (rest.Code, rest.Out.Contains("Imported 1 of 1.", StringComparison.Ordinal)).ShouldBe((0, true), rest.Out + rest.Error);
    }

    [Fact]
    public async Task Without_a_gateway_the_files_are_shown_and_none_is_sent()
    {
        Write(".cli-proxy-api/qwen-1.json", """{"type":"qwen","access_token":"q-of-a-file"}""");
        var shown = await Program.RunAsync(new Dictionary<string, string> { ["HOME"] = _home.Path }, "accounts", "scan", "--url", "http://127.0.0.1:9/");
        (shown.Code, shown.Out.Contains("qwen-1.json", StringComparison.Ordinal), shown.Error.Contains("No gateway answers", StringComparison.Ordinal)).ShouldBe((0, true, true), shown.Out + shown.Error);
        (await Program.RunAsync(new Dictionary<string, string> { ["HOME"] = _home.Path }, "accounts", "scan", "--import", "--yes", "--url", "http://127.0.0.1:9/")).Code.ShouldBe(1);
    }

    public void Dispose() => _home.Dispose();

    private static string ChatGpt(string user, string workspace) => Token($$"""{"https://api.openai.com/auth":{"chatgpt_user_id":"{{user}}","chatgpt_account_id":"{{workspace}}"},"exp":4102444800}""");

    private static string Token(string claims) => $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.x";

    private async Task<(int Code, string Out, string Error)> RunAsync(GatewayFixture rig, params string[] arguments)
    {
        var result = await Program.RunAsync(new Dictionary<string, string> { ["HOME"] = _home.Path }, [.. arguments, "--url", rig.Gateway.Address.ToString()]);
        foreach (var secret in (string[])["of-a-file", "of_a_file", "e30."]) (result.Out + result.Error).ShouldNotContain(secret);
        return result;
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_home.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        return file;
    }

    private void Database(string name, string table, string key, string value)
    {
        var file = Write(name, "");
        using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"CREATE TABLE {table} (key TEXT, value BLOB); INSERT INTO {table} VALUES ($key, $value)";
            command.Parameters.AddWithValue("$key", key);
            command.Parameters.AddWithValue("$value", value);
            command.ExecuteNonQuery();
        }

        ForeignKeyValues.IsDatabase(file).ShouldBeTrue();
        File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
    }

    /// <summary>Every file with its bytes and the time of its last change.</summary>
    private IEnumerable<string> Snapshot() =>
    [
        .. Directory.EnumerateFiles(_home.Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Order(StringComparer.Ordinal)
            .Select(static file => new FileInfo(file) is { LinkTarget: { } target } ? $"{file} -> {target}" : $"{file} {File.GetLastWriteTimeUtc(file):O} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];
}
