using System.Web;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management.Logins;
using Dragoman.Management.Tests.Support;

namespace Dragoman.Management.Tests.Logins;

/// <summary>Logins at a stub provider.</summary>
internal sealed class LoginFixture(StubProvider vendor, ManagementFixture gateway) : IAsyncDisposable
{
    public static Uri Address { get; } = new("http://127.0.0.1:8317");

    public StubProvider Vendor => vendor;

    public ManagementFixture Gateway => gateway;

    public LoginService Logins => gateway.Get<LoginService>();

    public static async Task<LoginFixture> StartAsync(ThirdPartyPosition position = ThirdPartyPosition.Allowed, RedirectRule? rule = null)
    {
        var vendor = new StubProvider(position, rule);
        return new LoginFixture(vendor, await ManagementFixture.StartAsync(more: vendor.Module));
    }

    public Task<LoginView> StartLoginAsync(Func<LoginStart, LoginStart>? change = null, Actor? actor = null) => StartAsync(change, actor).ValueAsync();

    public Task<ManagementResult<LoginView>> StartAsync(Func<LoginStart, LoginStart>? change = null, Actor? actor = null)
    {
        var start = new LoginStart(StubProvider.Id);
        return Logins.StartAsync(change?.Invoke(start) ?? start, Address, actor ?? ManagementFixture.Owner, default);
    }

    public LoginView Get(LoginView login) => Logins.Get(login.Id, ManagementFixture.Owner).Done();

    public static string StateOf(LoginView login) => Query(login)["state"]!;

    public static string RedirectOf(LoginView login) => Query(login)["redirect_uri"]!;

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    private static System.Collections.Specialized.NameValueCollection Query(LoginView login) => HttpUtility.ParseQueryString(new Uri(login.Address!).Query);
}
