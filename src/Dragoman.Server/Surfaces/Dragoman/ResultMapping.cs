using Dragoman.Management;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>Turns what a use case returned into what a route answers.</summary>
internal static class ResultMapping
{
    /// <summary>The same, with the fix of one error said in the words of this API.</summary>
    public static ManagementResult<T> WithFix<T>(this ManagementResult<T> result, string code, string fix)
        where T : class
        => result.Error?.Code == code ? result.Error with { Fix = fix } : result;

    /// <summary>The same, with the fix of one error said in the words of this API.</summary>
    public static async Task<ManagementResult<T>> WithFixAsync<T>(this Task<ManagementResult<T>> result, string code, string fix)
        where T : class
        => (await result).WithFix(code, fix);

    /// <summary>200 with the value, or the error.</summary>
    public static Results<Ok<T>, ManagementErrorResult> ToOk<T>(this ManagementResult<T> result)
        where T : class
        => result.Succeeded ? TypedResults.Ok(result.Value) : ManagementErrorResult.From(result.Error);

    /// <summary>200 with the value, or the error.</summary>
    public static async Task<Results<Ok<T>, ManagementErrorResult>> ToOkAsync<T>(this Task<ManagementResult<T>> result)
        where T : class
        => (await result).ToOk();

    /// <summary>201 with the value and where it stands from now on, or the error.</summary>
    public static async Task<Results<Created<T>, ManagementErrorResult>> ToCreatedAsync<T>(this Task<ManagementResult<T>> result, Func<T, string> pathOf)
        where T : class
    {
        var done = await result;
        return done.Succeeded ? TypedResults.Created($"{ManagementApi.Prefix}/{pathOf(done.Value)}", done.Value) : ManagementErrorResult.From(done.Error);
    }

    /// <summary>204, or the error.</summary>
    public static async Task<Results<NoContent, ManagementErrorResult>> ToNoContentAsync(this Task<ManagementError?> error)
        => await error is { } failed ? ManagementErrorResult.From(failed) : TypedResults.NoContent();

    /// <summary>200 with a file that is written as it is read, or the error.</summary>
    public static async Task<Results<StreamedAnswer, ManagementErrorResult>> ToFileAsync(this Task<ManagementResult<ExportFile>> result)
    {
        var done = await result;
        return done.Succeeded ? new StreamedAnswer(done.Value.MediaType, done.Value.FileName, done.Value.WriteAsync) : ManagementErrorResult.From(done.Error);
    }
}
