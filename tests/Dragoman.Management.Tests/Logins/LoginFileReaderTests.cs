using Dragoman.Management.Hosting;
using Dragoman.Management.Logins;
using Dragoman.Management.Tests.Support;
using Dragoman.Providers;

namespace Dragoman.Management.Tests.Logins;

/// <summary>Files of other programs, as they are read for somebody who may be elsewhere.</summary>
public sealed class LoginFileReaderTests : IDisposable
{
    private const string Folder = "~/.aws/sso/cache";
    private static readonly string Hash = new('a', 40);

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("dragoman-home-");

    private string Cache => Directory.CreateDirectory(Path.Combine(_home.FullName, ".aws/sso/cache")).FullName;

    private LoginFileReader Reader => new(ProviderModules.CreateRegistry(TimeProvider.System), new ManagementPaths(null, null, _home.FullName) { Home = _home.FullName });

    [Fact]
    public async Task Files_directly_in_the_folder_are_read_and_no_others()
    {
        var good = Write("good.json", "{\"accessToken\":\"a-secret\"}");
        Write("text.txt", "{}");
        Write("empty.json", "");
        Directory.CreateDirectory(Path.Combine(Cache, "folder.json"));
        (await Reader.ListAsync(Folder, default)).ShouldBe([new LoginFile(good, "{\"accessToken\":\"a-secret\"}")]);
        (await Reader.ListAsync("~/nowhere", default)).ShouldBeEmpty();
        (await Reader.ReadAsync(Folder + "/good.json", [Folder], default)).Done().Name.ShouldBe("good");
        new LoginFile(good, "a-secret").ToString().ShouldNotContain("a-secret");
    }

    [Theory]
    [InlineData("/etc/hostname")]
    [InlineData("~/.aws/sso/cache/../../credentials")]
    [InlineData("~/.aws/credentials")]
    [InlineData("~/.aws/sso/cache/none.json")]
    [InlineData("~/.aws/sso/cache")]
    [InlineData("credentials")]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task Elsewhere_nothing_is_opened_and_nothing_told(string path)
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_home.FullName, ".aws")).FullName, "credentials"), "a-secret");
        _ = Cache;
        (await Reader.ReadAsync(path, [Folder], default)).Failed(ManagementErrorKind.Invalid, "file_not_allowed").Text.ShouldNotContain("a-secret");
    }

    [Fact]
    public async Task What_belongs_to_a_login_is_read_with_it()
    {
        var path = Write("kiro-auth-token.json", $$"""{"accessToken":"x","refreshToken":"y","authMethod":"IdC","clientIdHash":"{{Hash}}"}""");
        var alone = await Reader.ReadAsync(path, [Folder], default).ValueAsync();
        (await Reader.ContentOfAsync(alone, "kiro", default)).ShouldBe(alone.Text);
        Write(Hash + ".json", """{"clientId":"c","clientSecret":"s"}""");
        var content = await Reader.ContentOfAsync(alone, "kiro", default);
        content.ShouldBe($$"""[{{alone.Text}},{"clientId":"c","clientSecret":"s"}]""");
        Reader.DigestOf(content, "kiro").ShouldNotBeNull();
        Reader.DigestOf("{}", "kiro").ShouldBeNull();
        Reader.DigestOf("{}", "nobody").ShouldBeNull();
    }

    public void Dispose() => _home.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(Cache, name);
        File.WriteAllText(path, text);
        return path;
    }
}
