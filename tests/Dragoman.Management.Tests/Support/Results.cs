namespace Dragoman.Management.Tests.Support;

/// <summary>What a use case must have returned.</summary>
internal static class Results
{
    /// <summary>The value of a success.</summary>
    public static async Task<T> ValueAsync<T>(this Task<ManagementResult<T>> result)
        where T : class
        => (await result).Done();

    /// <summary>The value of a success.</summary>
    public static T Done<T>(this ManagementResult<T> result)
        where T : class
    {
        result.Error.ShouldBeNull();
        result.Succeeded.ShouldBeTrue();
        return result.Value.ShouldNotBeNull();
    }

    /// <summary>The error of a failure.</summary>
    public static async Task<ManagementError> ErrorAsync<T>(this Task<ManagementResult<T>> result, ManagementErrorKind kind, string code)
        where T : class
        => (await result).Failed(kind, code);

    /// <summary>The error of a failure.</summary>
    public static ManagementError Failed<T>(this ManagementResult<T> result, ManagementErrorKind kind, string code)
        where T : class
    {
        result.Succeeded.ShouldBeFalse();
        result.Value.ShouldBeNull();
        return result.Error.Failed(kind, code);
    }

    /// <summary>The error of a use case without a value.</summary>
    public static async Task<ManagementError> ErrorAsync(this Task<ManagementError?> result, ManagementErrorKind kind, string code) => (await result).Failed(kind, code);

    private static ManagementError Failed(this ManagementError? error, ManagementErrorKind kind, string code)
    {
        (error.ShouldNotBeNull().Kind, error.Code).ShouldBe((kind, code), error.Text);
        error.Message.ShouldNotBeNullOrWhiteSpace();
        return error;
    }
}
