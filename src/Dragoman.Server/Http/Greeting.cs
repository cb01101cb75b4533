using System.Text;
using Dragoman.Gateway.Providers;

namespace Dragoman.Server.Http;

/// <summary>What programs are told at the gateway's own address: who answers there.</summary>
internal static class Greeting
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes($$"""{"name":"dragoman","version":"{{Product.Version}}","status":"ok"}""");

    /// <summary>Answers with it.</summary>
    public static Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(Body, context.RequestAborted).AsTask();
    }
}
