using Dragoman.Gateway.Requests;
using Dragoman.Management.Hosting;
using Dragoman.Management.Logins;
using Dragoman.Server.Listeners;

namespace Dragoman.Server.Surfaces.Logins;

/// <summary>Where vendors send browsers back to, on the gateway's own address. No secret is asked for: who comes is known by the state alone.</summary>
internal static class LoginCallbackRoutes
{
    /// <summary>The most names that are looked at in what a browser brought.</summary>
    private const int MostNames = 32;

    /// <summary>Registers the listeners on ports of vendors.</summary>
    public static IServiceCollection AddLoginCallbacks(this IServiceCollection services)
        => services.AddSingleton<ILoopbackListeners>(provider => new LoopbackListeners(provider.GetRequiredService<LoginService>, provider.GetRequiredService<ILogger<LoopbackListeners>>()));

    /// <summary>Maps the route.</summary>
    public static void MapLoginCallback(this WebApplication app)
    {
        var logins = app.Services.GetRequiredService<LoginService>();
        app.MapGet(LoginService.CallbackPath + "/{state?}", async (HttpContext context, string? state) => new CallbackPageResult(await logins.CallbackAsync(Read(context.Request, state), context.RequestAborted)))
            .ExcludeFromDescription().OnSurface(Surface.Dragoman);
    }

    /// <summary>What a browser brought.</summary>
    public static LoginCallback Read(HttpRequest request, string? pathState)
    {
        var query = request.Query;
        return new LoginCallback(pathState, One("state"), One("code"), One("error"), One("error_description")) { Answer = All() };

        // What stands twice is taken for nothing: no vendor sends that.
        string? One(string name) => query.TryGetValue(name, out var values) && values.Count == 1 ? values[0] : null;

        Dictionary<string, string> All()
        {
            var all = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var name in query.Keys.Take(MostNames))
                if (One(name) is { } value) all[name] = value;
            return all;
        }
    }
}
