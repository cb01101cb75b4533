using System.Reflection;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Providers;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>Adds routes under <c>/v0/management</c>: the secret is asked of every caller, of programs on this machine too, and every answer names the version (wire notes cliproxyapi 1.4).</summary>
/// <param name="routes">Takes them.</param>
internal sealed class ManagementRoutes(SurfaceRoutes routes)
{
    private const string Prefix = "/v0/management";

    private static readonly KeyValuePair<string, string>[] VersionHeaders =
    [
        new("X-CPA-VERSION", Product.Version),
        new("X-CPA-COMMIT", Product.Commit ?? "none"),
        new("X-CPA-BUILD-DATE", DateOf(typeof(ManagementRoutes).Assembly)),
        new("X-CPA-SUPPORT-PLUGIN", "0"),
    ];

    private static readonly string[] Writes = ["PUT", "PATCH"];

    /// <summary>An answer with what every answer of the management has.</summary>
    public static SurfaceAnswer Mark(SurfaceAnswer answer) => answer.With(VersionHeaders);

    /// <summary>For routes with a larger body.</summary>
    public ManagementRoutes WithBody(long mostBytes) => new(routes.WithBody(mostBytes));

    /// <summary>Adds a GET route.</summary>
    public void Get(string path, string summary, SurfaceHandler handler) => Add("GET", path, summary, handler);

    /// <summary>Adds a route that PUT and PATCH do alike.</summary>
    public void Write(string path, string summary, SurfaceHandler handler)
    {
        foreach (var method in Writes) Add(method, path, summary, handler);
    }

    /// <summary>Adds a route.</summary>
    public void Add(string method, string path, string summary, SurfaceHandler handler) => routes.WithSecretAlways().Add(method, Prefix + path, summary, async call => Mark(await handler(call)));

    /// <summary>What a write answers.</summary>
    public static SurfaceAnswer Done { get; } = SurfaceAnswer.Json(new JsonObject { ["status"] = "ok" });

    /// <summary>What a use case without a value answers.</summary>
    public static SurfaceAnswer AnswerOf(ManagementError? error) => error is null ? Done : CliProxyErrors.AnswerOf(error);

    /// <summary>The day of the build, as far as it is known.</summary>
    private static string DateOf(Assembly assembly)
        => assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(static one => one.Key == "BuildDate")?.Value ?? "unknown";
}
