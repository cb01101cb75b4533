using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.IFlow;
using Dragoman.Providers.QwenCode;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Abstractions;

/// <summary>Providers whose vendors have ended the offer.</summary>
public sealed class EndedProviderTests
{
    private static readonly Dictionary<string, ProviderModule> Modules = new(StringComparer.Ordinal) { ["qwen"] = QwenCodeModule.Create(), ["iflow"] = IFlowModule.Create() };

    [Theory]
    [InlineData("qwen", "portal.qwen.ai")]
    [InlineData("iflow", "apis.iflow.cn")]
    public async Task An_old_file_is_taken_and_shown_as_ended(string type, string host)
    {
        var module = Modules[type];
        var flow = module.Logins.ShouldHaveSingleItem().ShouldBeAssignableTo<IImportLogin>()!;
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = new Dragoman.Gateway.Providers.Vendor.VendorContext(new HttpMessageInvoker(new HttpClientHandler()), vendor.Time, null);
        var login = await flow.ReadAsync(Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","access_token":"old-token","refresh_token":"r","email":"a@example.com","expired":"2026-04-01T00:00:00Z"}"""), context, default);
        var position = module.Descriptor.ThirdPartyUse;
        (login.Label, login.Warnings.Single(), position.Position).ShouldBe(("a@example.com", position.Statement, ThirdPartyPosition.Ended));
        await Should.ThrowAsync<LoginException>(() => flow.ReadAsync("""{"type":"kimi","access_token":"x"}"""u8.ToArray(), context, default));
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"{module.Accounts.Section}: [ {{ name: old, access-token: old-token }} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        var account = loaded.Config!.Accounts.Single();
        (new Uri(account.BaseUrl).Host, module.WarningsOf(account, vendor.Time.GetUtcNow()).Single().Text).ShouldBe((host, position.Statement));
        (account.Scope.Fits("qwen3-coder-plus"), account.Scope.TakesAnything).ShouldBe((false, false), "nothing goes by it");
        login.Credential.ShouldBeOfType<OAuthCredential>().RefreshToken.ShouldBe("r");
    }
}
