"""Where symbols answer otherwise than the reference: reason -> questions of ``tests/symbol/questions``."""

DIFFERENT = {
    "an array in arithmetic becomes a constant, as MXNet's documentation says; its code refuses": """
        (nd.ones((3,))+x)
        (np.ones(3)+x)
        (x+nd.ones((3,)))
        (x+np.ones(3))
        S.maximum(x, nd.ones((2,)))
    """,
    "Python operators that MXNet leaves out": """
        (+x)
        2//x
        x//2
        x//y
        x@y
        divmod(x,2)
        round(x)
        ~x
        x&y
        x|y
        x^y
    """,
    "a symbol composed of operators can be composed by position; MXNet knows that way for variables of one operator only": """
        S.FullyConnected(num_hidden=3,name='q')(y).list_arguments()
        e(x,y)
        e(y).list_arguments()
        x(x=y)
    """,
    "what is composed in shares its variables with what it is composed into; MXNet copies them, so that a name stands twice": """
        e(x=e).list_arguments()
        e(x=fc).list_arguments()
    """,
    "a keyword names every variable of that name; MXNet's replaces none of two": """
        (S.Variable('x')+S.Variable('x'))(x=y).list_arguments()
    """,
    "a state may be composed": """
        bn(bn_moving_mean=S.exp(y)).list_inputs()
    """,
    "gradients": """
        e.gradient('x')
        e.detach()
        (x.detach()).name
    """,
    "indexing as for any Python sequence": """
        sp[-1]
        sp[::-1].list_outputs()
        sp[np.int64(1)]
    """,
    "members of a variadic input in a list, or some by name; their number is counted for every operator": """
        S.Concat([x, y]).list_attr()
        S.Concat(x, arg1=y, name='c').list_arguments()
        S.Concat(x, arg1=y, num_args=2, name='c').list_arguments()
        S.amp_multicast(x,y, name='u').list_outputs()
        S.multi_sum_sq(x,y, name='u').list_arguments()
    """,
    "several numbers are one shape": """
        x.reshape(1,2).list_attr()
        x.transpose(1,0).list_attr()
    """,
    "a keyword that an operator does not know is refused, also by operators without parameters, and so is an array to write to": """
        S.exp(x, foo='1').list_attr()
        S.FullyConnected(x, num_hidden=3, out=y).list_arguments()
    """,
    "a declared shape is read at once, and None is an unknown size": """
        S.Variable('v', shape=(2,None)).list_attr()
        S.Variable('v', shape=(2.5,3)).list_attr()
    """,
    "more types": """
        S.Variable('v', dtype='int16').list_attr()
        e.infer_type(x='int16')
    """,
    "a type that does not exist is an error, and None is no type; MXNet reads it as float64": """
        e.infer_type(x='complex64')
        e.infer_type(x=None)
        S.softmax(x, dtype=None).list_attr()
    """,
    "list_attr(recursive=True): MXNet raises a warning as an error": """
        e.list_attr(recursive=True)
    """,
    "lists where MXNet wants tuples": """
        S.split_v2(x, [1,2], axis=1, squeeze_axis=True).list_attr()
        e.infer_shape(x=[2,4])
    """,
    "parameters are fixed when a node is made": """
        f._set_attr(num_hidden='5')
        f.list_attr(), f.infer_shape(x=(2,2))
    """,
    "an integer parameter has 64 bits": """
        S.FullyConnected(x,num_hidden=2**40)
    """,
    "inference by position, which is documented, fails inside this build of MXNet": """
        bn.infer_shape((2,4),None,None,(3,),(3,))
        e.infer_shape((2,4))
        e.infer_shape((2,4),(3,4),(3,))
        e.infer_shape((2,4),None)
        e.infer_type('float64')
        e.infer_type('float64','float64')
        e.infer_type(None,'float64')
        e.infer_type(np.float64)
        shaped(lambda: (x+y).infer_shape(None,(2,)))
    """,
    "unknown sizes may be -1 and None too": """
        e.infer_shape(x=(2,-1))
        e.infer_shape(x=(2,None))
        e.infer_shape_partial(x=(2,-1))
        shaped(lambda: e.infer_shape_partial(x=(2,-1)))
    """,
    "inference learns more": """
        (S.FullyConnected(x,num_hidden=3,name='f')+V('z',shape=(7,0))).infer_shape_partial()
        (S.transpose(x)+V('z',shape=(7,6))).infer_shape()
        (V('a',shape=(2,0))+V('b')).infer_shape(a=(0,10))
        S.Embedding(x,input_dim=3,output_dim=4,name='e').infer_shape_partial()
        S.Flatten(x).infer_shape_partial(x=(0,5,2))
        S.Flatten(x).infer_shape_partial(x=(2,0,2))
        S.Reshape(x,shape=(0,0,-1)).infer_shape_partial(x=(0,2,3,4))
        S.broadcast_add(x,y).infer_shape_partial(x=(2,0),y=(1,3))
        S.dot(x,y).infer_shape_partial(x=(2,3),y=(0,4))
        bn.infer_shape_partial(bn_gamma=(3,))
        e.infer_shape_partial()
        e.infer_shape_partial((2,0))
        e.infer_shape_partial(fc_weight=(3,4))
        e.infer_shape_partial(x=())
        e.infer_shape_partial(x=(2,0))
        shaped(lambda: e.infer_shape_partial())
    """,
    "Concat of an unknown size has an unknown size; MXNet counts it as 0": """
        S.Concat(x,y,dim=1).infer_shape_partial(x=(2,3))
    """,
    "shapes given for states count": """
        bn.infer_shape(x=(2,4),bn_moving_mean=(4,))
    """,
    "types that do not follow are unknown, not an error": """
        S.Embedding(x,input_dim=3,output_dim=4,name='e').infer_type()
        S.take(x,y).infer_type(x='float16')
    """,
    "types that a layer cannot compute in are refused by inference; MXNet refuses them when it runs": """
        e.infer_type(x=int)
    """,
}
